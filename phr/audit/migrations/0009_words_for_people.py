"""What people call things, in the admin site; nothing changes in the database."""

import django.contrib.postgres.fields
import django.utils.timezone
from django.db import migrations, models

import phr.audit.models


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
            name="action",
            field=models.CharField(max_length=100, verbose_name="action"),
        ),
        migrations.AlterField(
            model_name="accessentry",
            name="actor_id",
            field=models.UUIDField(null=True, verbose_name="id of the actor"),
        ),
        migrations.AlterField(
            model_name="accessentry",
            name="actor_name",
            field=models.CharField(blank=True, max_length=301, verbose_name="actor"),
        ),
        migrations.AlterField(
            model_name="accessentry",
            name="actor_role",
            field=models.CharField(blank=True, max_length=10, verbose_name="role"),
        ),
        migrations.AlterField(
            model_name="accessentry",
            name="address",
            field=models.GenericIPAddressField(null=True, verbose_name="IP address"),
        ),
        migrations.AlterField(
            model_name="accessentry",
            name="at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, verbose_name="time"
            ),
        ),
        migrations.AlterField(
            model_name="accessentry",
            name="basis",
            field=models.CharField(
                choices=[
                    ("OWN", "Their own data"),
                    ("GRANT", "A grant of the patient"),
                    ("EMERGENCY", "Emergency access"),
                    ("STAFF", "A staff permission"),
                    ("NONE", "None"),
                ],
                max_length=10,
                verbose_name="basis",
            ),
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
            name="count",
            field=models.PositiveIntegerField(verbose_name="number"),
        ),
        migrations.AlterField(
            model_name="accessentry",
            name="face",
            field=models.CharField(max_length=20, verbose_name="interface"),
        ),
        migrations.AlterField(
            model_name="accessentry",
            name="grant_id",
            field=models.UUIDField(null=True, verbose_name="id of the grant"),
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
        migrations.AlterField(
            model_name="accessentry",
            name="object_kind",
            field=models.CharField(max_length=30, verbose_name="object"),
        ),
        migrations.AlterField(
            model_name="accessentry",
            name="outcome",
            field=models.CharField(
                choices=[("ALLOWED", "Allowed"), ("REFUSED", "Refused")],
                max_length=10,
                verbose_name="outcome",
            ),
        ),
        migrations.AlterField(
            model_name="accessentry",
            name="patient_id",
            field=models.UUIDField(null=True, verbose_name="id of the patient"),
        ),
        migrations.AlterField(
            model_name="accessentry",
            name="position",
            field=models.BigIntegerField(
                db_default=phr.audit.models.NextPosition(
                    models.Value("audit_accessentry_position")
                ),
                editable=False,
                unique=True,
                verbose_name="position",
            ),
        ),
        migrations.AlterField(
            model_name="accessentry",
            name="since",
            field=models.DateTimeField(
                help_text="If refused attempts are counted together: when the first one was.",
                null=True,
                verbose_name="since",
            ),
        ),
        migrations.AlterField(
            model_name="accessentry",
            name="user_agent",
            field=models.CharField(blank=True, max_length=200, verbose_name="browser"),
        ),
        migrations.AlterField(
            model_name="ledgerseal",
            name="count",
            field=models.PositiveIntegerField(verbose_name="entries"),
        ),
        migrations.AlterField(
            model_name="ledgerseal",
            name="first_position",
            field=models.BigIntegerField(verbose_name="first position"),
        ),
        migrations.AlterField(
            model_name="ledgerseal",
            name="key_id",
            field=models.CharField(max_length=16, verbose_name="id of the key"),
        ),
        migrations.AlterField(
            model_name="ledgerseal",
            name="last_position",
            field=models.BigIntegerField(verbose_name="last position"),
        ),
        migrations.AlterField(
            model_name="ledgerseal",
            name="number",
            field=models.PositiveBigIntegerField(
                editable=False, primary_key=True, serialize=False, verbose_name="number"
            ),
        ),
        migrations.AlterField(
            model_name="ledgerseal",
            name="sealed_at",
            field=models.DateTimeField(verbose_name="sealed at"),
        ),
    ]
