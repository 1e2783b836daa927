from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index that is built concurrently is built outside of one

    dependencies = [("core", "0004_turns")]

    operations = [
        AddIndexConcurrently(
            model_name="outboxevent",
            index=models.Index(
                condition=models.Q(("turn__isnull", False)),
                fields=["queue", "turn", "id"],
                name="core_outbox_turns",
            ),
        ),
        AddIndexConcurrently(
            model_name="outboxevent",
            index=models.Index(
                condition=models.Q(("turn__isnull", False)),
                fields=["owner_id", "queue", "turn"],
                name="core_outbox_last_turn",
            ),
        ),
    ]
