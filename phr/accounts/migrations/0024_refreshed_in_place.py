from django.db import migrations


class Migration(migrations.Migration):
    """A refresh finds room on the page of its session, and no index is written to.

    The lock of this statement keeps nobody from reading or writing.
    """

    dependencies = [("accounts", "0023_words_for_people")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE accounts_loginsession SET (fillfactor = 80)",
            "ALTER TABLE accounts_loginsession RESET (fillfactor)",
        ),
    ]
