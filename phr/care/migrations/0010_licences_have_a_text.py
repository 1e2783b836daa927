from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("care", "0009_days_are_those_of_visits")]

    operations = [
        # With a constant for a default no row is written (PostgreSQL 11), and what the
        # server before this still writes does not fail.
        migrations.AddField(
            model_name="doctorverification",
            name="search_text",
            field=models.TextField(
                blank=True, db_default="", default="", editable=False
            ),
        ),
    ]
