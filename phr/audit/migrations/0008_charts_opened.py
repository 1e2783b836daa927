from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index that is built concurrently is built outside of one

    dependencies = [("audit", "0007_plainer_texts")]

    operations = [
        AddIndexConcurrently(
            model_name="accessentry",
            index=models.Index(
                condition=models.Q(
                    action="health_records.chart_opened", outcome="ALLOWED"
                ),
                fields=["patient_id", "actor_id", "-at"],
                name="audit_charts_opened",
            ),
        ),
    ]
