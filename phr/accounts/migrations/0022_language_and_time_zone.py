"""In which language people are spoken to, and in which time zone.

The defaults are constants of the database, so that no row is rewritten, and servers from
before these columns go on writing.
"""

from django.db import migrations, models

from phr.accounts.language import refuse_unknown_time_zone


class Migration(migrations.Migration):
    dependencies = [("accounts", "0021_plainer_texts")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(
                blank=True,
                choices=[("en", "English"), ("de", "Deutsch")],
                db_default="",
                default="",
                max_length=10,
                verbose_name="language",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="time_zone",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=64,
                validators=[refuse_unknown_time_zone],
                verbose_name="time zone",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(language__in=["", "en", "de"]),
                name="accounts_languages_are_spoken_here",
            ),
        ),
    ]
