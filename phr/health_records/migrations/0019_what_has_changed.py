from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index that is built concurrently is built outside of one

    dependencies = [("health_records", "0018_plainer_texts")]

    operations = [
        AddIndexConcurrently(
            model_name="healthrecord",
            index=models.Index(
                condition=models.Q(("deleted_at", None)),
                fields=["patient", "-updated_at", "-id"],
                include=["record_type", "visit_date", "visit_offset"],
                name="health_records_changed",
            ),
        ),
    ]
