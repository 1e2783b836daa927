"""What people call things, in the admin site; nothing changes in the database."""

from django.db import migrations, models

import phr.accounts.language
import phr.accounts.models
import phr.core.mail_addresses
import phr.core.single_line


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0022_language_and_time_zone"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="loginsession",
            options={"verbose_name": "sign-in", "verbose_name_plural": "sign-ins"},
        ),
        migrations.AlterModelOptions(
            name="user",
            options={
                "permissions": [
                    ("change_address", "Can change another person's e-mail address"),
                    ("change_birth_date", "Can change another person's date of birth"),
                ],
                "verbose_name": "user",
                "verbose_name_plural": "users",
            },
        ),
        migrations.AlterField(
            model_name="user",
            name="date_of_birth",
            field=models.DateField(
                blank=True,
                null=True,
                validators=[phr.accounts.models.refuse_impossible_birth],
                verbose_name="date of birth",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="first_name",
            field=models.CharField(
                blank=True,
                max_length=150,
                validators=[phr.core.single_line.refuse_other_than_one_line],
                verbose_name="first name",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="last_name",
            field=models.CharField(
                blank=True,
                max_length=150,
                validators=[phr.core.single_line.refuse_other_than_one_line],
                verbose_name="last name",
            ),
        ),
    ]
