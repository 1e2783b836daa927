"""What people call things, in the admin site; nothing changes in the database."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("erasure", "0004_plainer_texts"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="erasure",
            options={"verbose_name": "erasure", "verbose_name_plural": "erasures"},
        ),
        migrations.AlterField(
            model_name="erasure",
            name="begun_at",
            field=models.DateTimeField(
                blank=True,
                help_text="From then on it cannot be cancelled.",
                null=True,
                verbose_name="begun at",
            ),
        ),
        migrations.AlterField(
            model_name="erasure",
            name="cancelled_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="cancelled at"
            ),
        ),
        migrations.AlterField(
            model_name="erasure",
            name="counts",
            field=models.JSONField(
                default=dict,
                help_text="How many items of each kind were erased.",
                verbose_name="erased items",
            ),
        ),
        migrations.AlterField(
            model_name="erasure",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                editable=False,
                verbose_name="created at",
            ),
        ),
        migrations.AlterField(
            model_name="erasure",
            name="due_at",
            field=models.DateTimeField(verbose_name="due at"),
        ),
        migrations.AlterField(
            model_name="erasure",
            name="erased_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="erased at"),
        ),
        migrations.AlterField(
            model_name="erasure",
            name="requested_at",
            field=models.DateTimeField(verbose_name="requested at"),
        ),
        migrations.AlterField(
            model_name="erasure",
            name="updated_at",
            field=models.DateTimeField(auto_now=True, verbose_name="updated at"),
        ),
        migrations.AlterField(
            model_name="erasure",
            name="user_id",
            field=models.UUIDField(
                help_text="The account, which may no longer exist.",
                verbose_name="account",
            ),
        ),
    ]
