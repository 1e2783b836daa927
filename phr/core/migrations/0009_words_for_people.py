"""What people call things, in the admin site; nothing changes in the database."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0008_idempotency_keys"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="outboxevent",
            options={
                "verbose_name": "outbox event",
                "verbose_name_plural": "outbox events",
            },
        ),
        migrations.AlterField(
            model_name="idempotencykey",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                editable=False,
                verbose_name="created at",
            ),
        ),
        migrations.AlterField(
            model_name="idempotencykey",
            name="updated_at",
            field=models.DateTimeField(auto_now=True, verbose_name="updated at"),
        ),
        migrations.AlterField(
            model_name="outboxevent",
            name="attempts",
            field=models.PositiveIntegerField(default=0, verbose_name="attempts"),
        ),
        migrations.AlterField(
            model_name="outboxevent",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                editable=False,
                verbose_name="created at",
            ),
        ),
        migrations.AlterField(
            model_name="outboxevent",
            name="delivered_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="delivered at"
            ),
        ),
        migrations.AlterField(
            model_name="outboxevent",
            name="kind",
            field=models.CharField(max_length=100, verbose_name="kind"),
        ),
        migrations.AlterField(
            model_name="outboxevent",
            name="last_error",
            field=models.CharField(
                blank=True, max_length=200, verbose_name="last error"
            ),
        ),
        migrations.AlterField(
            model_name="outboxevent",
            name="next_attempt_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, verbose_name="next attempt at"
            ),
        ),
        migrations.AlterField(
            model_name="outboxevent",
            name="payload",
            field=models.JSONField(
                help_text="Ids only; never names or texts.", verbose_name="payload"
            ),
        ),
        migrations.AlterField(
            model_name="outboxevent",
            name="updated_at",
            field=models.DateTimeField(auto_now=True, verbose_name="updated at"),
        ),
    ]
