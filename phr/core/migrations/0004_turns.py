"""Events wait in queues, in which each person has a turn."""

import uuid

from django.db import migrations, models

QUEUES = [
    ("urgent", "Safety and signing in"),
    ("urgent_mail", "Mails of safety and signing in"),
    ("celery", "Notifications"),
    ("mail", "Other mails"),
    ("sealing", "Sealing the ledger"),
    ("long", "Exports, erasures, purges"),
]


class Migration(migrations.Migration):
    dependencies = [("core", "0002_delivered_events_are_found")]

    operations = [
        migrations.AddField(
            model_name="outboxevent",
            name="queue",
            field=models.CharField(choices=QUEUES, db_default="celery", max_length=20),
        ),
        migrations.AddField(
            model_name="outboxevent",
            name="owner_id",
            field=models.UUIDField(
                db_default=uuid.UUID("00000000-0000-0000-0000-000000000000"),
                help_text="Who caused it. Owners take turns.",
            ),
        ),
        migrations.AddField(
            model_name="outboxevent",
            name="turn",
            field=models.BigIntegerField(
                blank=True,
                help_text="Position in its queue; null while a worker handles it.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="outboxevent",
            name="request_id",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
    ]
