from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_mailboxes_have_bounds")]

    operations = [
        migrations.AlterModelOptions(
            name="user",
            options={
                "permissions": [
                    ("change_address", "Can change another person's e-mail address"),
                    ("change_birth_date", "Can change another person's date of birth"),
                ]
            },
        ),
        migrations.AddField(
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
