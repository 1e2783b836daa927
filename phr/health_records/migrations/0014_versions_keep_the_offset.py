"""A column for the offset of visits in the versions; the triggers fill it from 0015 on.

Apart from that of the records, so that the two tables are not locked together.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("health_records", "0013_words_are_noted_anew")]

    operations = [
        # With a constant for a default no row is written (PostgreSQL 11).
        migrations.AddField(
            model_name="recordversion",
            name="visit_offset",
            field=models.SmallIntegerField(
                db_default=0,
                default=0,
                help_text="Offset from UTC at the place of the visit, in minutes.",
            ),
        ),
    ]
