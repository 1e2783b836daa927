from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index that is built concurrently is built outside of one

    dependencies = [("audit", "0005_refusals_are_counted")]

    operations = [
        AddIndexConcurrently(
            model_name="accessentry",
            index=models.Index(
                fields=["object_ids"],
                condition=models.Q(
                    actor_id=None, object_kind="account", outcome="REFUSED"
                ),
                name="audit_refused_sign_ins",
            ),
        ),
    ]
