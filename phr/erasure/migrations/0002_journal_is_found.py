from django.db import migrations


class Migration(migrations.Migration):
    """The admin site's journal is Django's; names are taken out of it by the object."""

    atomic = False  # an index that is built concurrently is built outside of one

    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("erasure", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS erasure_journal_of_object"
            " ON django_admin_log (object_id)",
            "DROP INDEX CONCURRENTLY IF EXISTS erasure_journal_of_object",
        )
    ]
