from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index that is built concurrently is built outside of one

    dependencies = [("health_records", "0009_patients_have_many_records")]

    operations = [
        AddIndexConcurrently(
            model_name="healthrecord",
            index=models.Index(
                condition=models.Q(("deleted_at", None)),
                fields=["-visit_date", "-id"],
                include=["patient", "record_type"],
                name="health_records_newest",
            ),
        ),
    ]
