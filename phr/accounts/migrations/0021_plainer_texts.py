"""Plainer texts of fields, for people; nothing changes in the database."""

from django.db import migrations, models

import phr.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0020_words_of_names_anew"),
    ]

    operations = [
        migrations.AlterField(
            model_name="loginsession",
            name="proved_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When a password or a code was last entered.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="loginsession",
            name="refresh_id",
            field=models.UUIDField(
                default=phr.core.ids.uuid7,
                help_text="The id of the only valid refresh token.",
            ),
        ),
        migrations.AlterField(
            model_name="loginsession",
            name="second_factor",
            field=models.BooleanField(
                default=False, help_text="Whether a second factor was used."
            ),
        ),
        migrations.AlterField(
            model_name="loginsession",
            name="spent_refreshes",
            field=models.JSONField(
                db_default={},
                default=dict,
                editable=False,
                help_text="Refresh tokens that were used a few seconds ago, and when.",
            ),
        ),
        migrations.AlterField(
            model_name="mail",
            name="dropped_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When it was dropped: too many to this mailbox.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="mail",
            name="joined_to",
            field=models.UUIDField(
                blank=True, help_text="The mail that says the same.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="mail",
            name="kind",
            field=models.CharField(
                help_text="Which text, such as app.thing_happened.", max_length=100
            ),
        ),
        migrations.AlterField(
            model_name="mail",
            name="mailbox",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="The normalised address, for which mails are counted.",
                max_length=320,
            ),
        ),
        migrations.AlterField(
            model_name="mail",
            name="refused_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When the mail server rejected it permanently.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="address_set_by_staff_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="When staff entered the current address, if they did.",
                null=True,
            ),
        ),
    ]
