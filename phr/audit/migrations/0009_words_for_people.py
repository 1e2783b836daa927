"""What people call things, in the admin site; nothing changes in the database."""

import django.contrib.postgres.fields
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0008_charts_opened"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="accessentry",
            options={
                "verbose_name": "line of the ledger",
                "verbose_name_plural": "lines of the ledger",
            },
        ),
        migrations.AlterModelOptions(
            name="ledgerseal",
            options={
                "verbose_name": "seal of the ledger",
                "verbose_name_plural": "seals of the ledger",
            },
        ),
        migrations.AlterField(
            model_name="accessentry",
            name="categories",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                default=list,
                size=None,
                verbose_name="types of records",
            ),
        ),
        migrations.AlterField(
            model_name="accessentry",
            name="object_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(),
                size=None,
                verbose_name="ids of the objects",
            ),
        ),
    ]
