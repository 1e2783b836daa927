"""What the first day of a grant means; nothing in the database changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("care", "0008_lines_are_lines")]

    operations = [
        migrations.AlterField(
            model_name="caregrant",
            name="records_since",
            field=models.DateField(
                blank=True,
                help_text="Opens records of visits since this day, where they were.",
                null=True,
            ),
        ),
    ]
