from django.contrib.postgres.operations import (
    AddIndexConcurrently,
    RemoveIndexConcurrently,
)
from django.db import migrations, models

LISTS = ["health_records.records_listed", "care.patients_listed"]


class Migration(migrations.Migration):
    """The old index serves until the new one, without lists, is built."""

    atomic = False  # an index that is built concurrently is built outside of one

    dependencies = [("audit", "0009_words_for_people")]

    operations = [
        AddIndexConcurrently(
            model_name="accessentry",
            index=models.Index(
                fields=["patient_id", "action", "-at", "-id"],
                condition=~models.Q(action__in=LISTS),
                name="audit_of_patient_but_lists",
            ),
        ),
        RemoveIndexConcurrently(
            model_name="accessentry", name="audit_of_patient_by_action"
        ),
    ]
