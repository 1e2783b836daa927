"""Plainer texts of fields, for people; nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("health_records", "0017_compounds_are_words"),
    ]

    operations = [
        migrations.AlterField(
            model_name="accountusage",
            name="bytes",
            field=models.PositiveBigIntegerField(
                help_text="The size of all their texts."
            ),
        ),
        migrations.AlterField(
            model_name="accountusage",
            name="day",
            field=models.DateField(
                help_text="The last day (UTC) on which something was written."
            ),
        ),
        migrations.AlterField(
            model_name="healthrecord",
            name="visit_offset",
            field=models.SmallIntegerField(
                db_default=0,
                default=0,
                help_text="Offset from UTC at the place of the visit, in minutes.",
            ),
        ),
        migrations.AlterField(
            model_name="recordversion",
            name="visit_offset",
            field=models.SmallIntegerField(
                db_default=0,
                default=0,
                help_text="Offset from UTC at the place of the visit, in minutes.",
            ),
        ),
    ]
