from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index that is built concurrently is built outside of one

    dependencies = [
        ("care", "0005_erasing_is_flat"),
        ("health_records", "0007_no_folded_text"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="healthrecord",
            index=models.Index(
                fields=["patient", "id"], name="health_records_of_patient"
            ),
        ),
        AddIndexConcurrently(
            model_name="healthrecord",
            index=models.Index(fields=["created_by"], name="health_records_by_author"),
        ),
        AddIndexConcurrently(
            model_name="recordversion",
            index=models.Index(
                fields=["patient", "id"], name="health_records_old_of_patient"
            ),
        ),
    ]
