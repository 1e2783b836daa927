"""An event that fails again and again is set aside, and not tried without end."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0009_words_for_people")]

    operations = [
        migrations.AddField(
            model_name="outboxevent",
            name="set_aside_at",
            field=models.DateTimeField(
                blank=True,
                help_text=(
                    "Tried so often that it is tried again only if staff replay it."
                ),
                null=True,
                verbose_name="set aside at",
            ),
        ),
    ]
