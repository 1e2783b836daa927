from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index that is built concurrently is built outside of one

    dependencies = [("health_records", "0002_history")]

    operations = [
        AddIndexConcurrently(
            model_name="healthrecord",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)),
                fields=["patient", "-visit_date", "-id"],
                name="health_records_deleted",
            ),
        ),
        AddIndexConcurrently(
            model_name="healthrecord",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)),
                fields=["deleted_at"],
                name="health_records_to_be_purged",
            ),
        ),
    ]
