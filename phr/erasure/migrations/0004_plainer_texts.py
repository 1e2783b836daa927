"""Plainer texts of fields, for people; nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("erasure", "0003_places_of_refused_sign_ins"),
    ]

    operations = [
        migrations.AlterField(
            model_name="erasure",
            name="begun_at",
            field=models.DateTimeField(
                blank=True, help_text="From then on it cannot be cancelled.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="erasure",
            name="counts",
            field=models.JSONField(
                default=dict, help_text="How many items of each kind were erased."
            ),
        ),
        migrations.AlterField(
            model_name="erasure",
            name="stage",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="How many stages of the erasure are finished."
            ),
        ),
        migrations.AlterField(
            model_name="erasure",
            name="user_id",
            field=models.UUIDField(help_text="The account, which may no longer exist."),
        ),
    ]
