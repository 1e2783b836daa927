"""Plan for patients with many records, whatever most of them have.

PostgreSQL plans for the average patient. Where most have two or three records it would
sort all the records of the one who has thousands to get at the first page.
"""

from django.db import migrations

COLUMN = "ALTER TABLE health_records_healthrecord ALTER COLUMN patient_id"


class Migration(migrations.Migration):
    dependencies = [("health_records", "0008_erasing_is_flat")]

    operations = [
        # For each thousand records there is one patient, as far as plans go.
        migrations.RunSQL(
            f"{COLUMN} SET (n_distinct = -0.001)", f"{COLUMN} RESET (n_distinct)"
        ),
    ]
