"""What people call things, in the admin site; nothing changes in the database."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0008_idempotency_keys"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="outboxevent",
            options={
                "verbose_name": "outbox event",
                "verbose_name_plural": "outbox events",
            },
        ),
    ]
