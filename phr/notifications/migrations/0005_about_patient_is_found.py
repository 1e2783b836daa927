from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index that is built concurrently is built outside of one

    dependencies = [("notifications", "0004_fill_about_patient")]

    operations = [
        AddIndexConcurrently(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("about_patient__isnull", False)),
                fields=["about_patient"],
                name="notifications_about_patient",
            ),
        ),
    ]
