from django.db import migrations


class Migration(migrations.Migration):
    """What changes all day is changed where it stands, and cleared away soon.

    The lock of these statements keeps nobody from reading or writing.
    """

    dependencies = [("core", "0012_one_beat_leads")]

    operations = [
        # Half of each page is left for what the rows on it become: an attempt more.
        migrations.RunSQL(
            "ALTER TABLE core_attemptcount SET (fillfactor = 50)",
            "ALTER TABLE core_attemptcount RESET (fillfactor)",
        ),
        # An event is three rows until they are cleared away, whatever the table holds.
        migrations.RunSQL(
            "ALTER TABLE core_outboxevent SET (autovacuum_vacuum_scale_factor = 0.02)",
            "ALTER TABLE core_outboxevent RESET (autovacuum_vacuum_scale_factor)",
        ),
    ]
