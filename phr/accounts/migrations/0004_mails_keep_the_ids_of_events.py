import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sessions_are_found"),
        ("core", "0002_delivered_events_are_found"),
    ]

    operations = [
        migrations.AlterField(
            model_name="mail",
            name="event",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="core.outboxevent",
            ),
        ),
    ]
