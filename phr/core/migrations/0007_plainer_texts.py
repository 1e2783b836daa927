"""Plainer texts of fields, for people; nothing changes in the database."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_attempts_are_counted"),
    ]

    operations = [
        migrations.AlterField(
            model_name="outboxevent",
            name="owner_id",
            field=models.UUIDField(
                db_default=uuid.UUID("00000000-0000-0000-0000-000000000000"),
                help_text="Who caused it. Owners take turns.",
            ),
        ),
        migrations.AlterField(
            model_name="outboxevent",
            name="turn",
            field=models.BigIntegerField(
                blank=True,
                help_text="Position in its queue; null while a worker handles it.",
                null=True,
            ),
        ),
    ]
