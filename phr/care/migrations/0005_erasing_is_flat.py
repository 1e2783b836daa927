from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index that is built concurrently is built outside of one

    dependencies = [
        ("care", "0004_lists_are_flat"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="caregrant",
            index=models.Index(
                fields=["requested_by"], name="care_grants_requested_by"
            ),
        ),
        AddIndexConcurrently(
            model_name="caregrant",
            index=models.Index(
                condition=models.Q(("decided_by__isnull", False)),
                fields=["decided_by"],
                name="care_grants_decided_by",
            ),
        ),
        AddIndexConcurrently(
            model_name="caregrant",
            index=models.Index(
                condition=models.Q(("ended_by__isnull", False)),
                fields=["ended_by"],
                name="care_grants_ended_by",
            ),
        ),
        AddIndexConcurrently(
            model_name="doctorverification",
            index=models.Index(
                condition=models.Q(("decided_by__isnull", False)),
                fields=["decided_by"],
                name="care_verifications_decided_by",
            ),
        ),
        AddIndexConcurrently(
            model_name="emergencyaccess",
            index=models.Index(
                condition=models.Q(("reviewed_by__isnull", False)),
                fields=["reviewed_by"],
                name="care_emergencies_reviewed_by",
            ),
        ),
    ]
