from django.db import migrations


class Migration(migrations.Migration):
    """Dead records go when they are a twentieth of the table, not a fifth.

    The lock of this statement keeps nobody from reading or writing.
    """

    dependencies = [("health_records", "0020_words_for_people")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE health_records_healthrecord"
            " SET (autovacuum_vacuum_scale_factor = 0.05)",
            "ALTER TABLE health_records_healthrecord"
            " RESET (autovacuum_vacuum_scale_factor)",
        ),
    ]
