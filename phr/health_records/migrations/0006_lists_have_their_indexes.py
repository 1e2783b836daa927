from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import (
    AddIndexConcurrently,
    RemoveIndexConcurrently,
)
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index that is built concurrently is built outside of one

    dependencies = [("health_records", "0005_note_the_words")]

    operations = [
        AddIndexConcurrently(
            model_name="healthrecord",
            index=models.Index(
                condition=models.Q(("deleted_at", None)),
                fields=["patient", "-visit_date", "-id"],
                include=["record_type"],
                name="health_records_in_order",
            ),
        ),
        AddIndexConcurrently(
            model_name="healthrecord",
            index=models.Index(
                condition=models.Q(("deleted_at", None)),
                fields=["patient", "record_type", "-visit_date", "-id"],
                name="health_records_of_type",
            ),
        ),
        AddIndexConcurrently(
            model_name="healthrecord",
            index=GinIndex(
                fastupdate=False,
                fields=["search_words"],
                name="health_records_words",
            ),
        ),
        RemoveIndexConcurrently(
            model_name="healthrecord", name="health_records_newest_first"
        ),
    ]
