from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_old_sign_ins_are_found")]

    operations = [
        migrations.AddField(
            model_name="loginsession",
            name="spent_refreshes",
            field=models.JSONField(
                db_default={},
                default=dict,
                editable=False,
                help_text="Refresh tokens that were used a few seconds ago, and when.",
            ),
        ),
    ]
