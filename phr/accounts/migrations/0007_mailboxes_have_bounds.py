"""What one mailbox gets is counted."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index that is built concurrently is built outside of one

    dependencies = [("accounts", "0004_mails_keep_the_ids_of_events")]

    operations = [
        migrations.AddField(
            model_name="mail",
            name="mailbox",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="The normalised address, for which mails are counted.",
                max_length=320,
            ),
        ),
        migrations.AddField(
            model_name="mail",
            name="dropped_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When it was dropped: too many to this mailbox.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="mail",
            name="joined_to",
            field=models.UUIDField(
                blank=True, help_text="The mail that says the same.", null=True
            ),
        ),
        AddIndexConcurrently(
            model_name="mail",
            index=models.Index(
                fields=["mailbox", "kind", "sent_at"],
                name="accounts_mails_of_a_mailbox",
            ),
        ),
    ]
