"""Plainer texts of fields, for people; nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0006_refused_sign_ins_are_found"),
    ]

    operations = [
        migrations.AlterField(
            model_name="accessentry",
            name="since",
            field=models.DateTimeField(
                help_text="If refused attempts are counted together: when the first one was.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="countedrefusal",
            name="at",
            field=models.DateTimeField(help_text="When the last counted attempt was."),
        ),
        migrations.AlterField(
            model_name="countedrefusal",
            name="count",
            field=models.PositiveIntegerField(
                help_text="How many attempts have no line."
            ),
        ),
        migrations.AlterField(
            model_name="countedrefusal",
            name="entered",
            field=models.BooleanField(
                help_text="Whether the first attempt has its own line."
            ),
        ),
        migrations.AlterField(
            model_name="countedrefusal",
            name="since",
            field=models.DateTimeField(
                help_text="When the first counted attempt was.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="countedrefusal",
            name="thing",
            field=models.CharField(
                help_text="The object of the attempt.", max_length=64
            ),
        ),
        migrations.AlterField(
            model_name="countedrefusal",
            name="who",
            field=models.UUIDField(
                help_text="Who tried, or the account that somebody tried to sign in to."
            ),
        ),
        migrations.AlterField(
            model_name="ledgerredaction",
            name="after",
            field=models.BinaryField(help_text="The same for the redacted line."),
        ),
        migrations.AlterField(
            model_name="ledgerredaction",
            name="before",
            field=models.BinaryField(
                help_text="Position, id and digest of the original line, as in a seal."
            ),
        ),
        migrations.AlterField(
            model_name="ledgerseal",
            name="entries",
            field=models.BinaryField(help_text="Position, id and digest of each line."),
        ),
        migrations.AlterField(
            model_name="ledgerseal",
            name="previous",
            field=models.BinaryField(help_text="The hash of the previous seal."),
        ),
    ]
