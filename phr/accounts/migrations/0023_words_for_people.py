"""What people call things, in the admin site; nothing changes in the database."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
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
            model_name="loginsession",
            name="address",
            field=models.GenericIPAddressField(
                blank=True, null=True, verbose_name="IP address"
            ),
        ),
        migrations.AlterField(
            model_name="loginsession",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                editable=False,
                verbose_name="created at",
            ),
        ),
        migrations.AlterField(
            model_name="loginsession",
            name="last_used_at",
            field=models.DateTimeField(verbose_name="last used at"),
        ),
        migrations.AlterField(
            model_name="loginsession",
            name="revoked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="ended at"),
        ),
        migrations.AlterField(
            model_name="loginsession",
            name="updated_at",
            field=models.DateTimeField(auto_now=True, verbose_name="updated at"),
        ),
        migrations.AlterField(
            model_name="loginsession",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="login_sessions",
                to=settings.AUTH_USER_MODEL,
                verbose_name="user",
            ),
        ),
        migrations.AlterField(
            model_name="loginsession",
            name="user_agent",
            field=models.CharField(blank=True, max_length=200, verbose_name="browser"),
        ),
        migrations.AlterField(
            model_name="mail",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                editable=False,
                verbose_name="created at",
            ),
        ),
        migrations.AlterField(
            model_name="mail",
            name="updated_at",
            field=models.DateTimeField(auto_now=True, verbose_name="updated at"),
        ),
        migrations.AlterField(
            model_name="user",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                editable=False,
                verbose_name="created at",
            ),
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
            name="email",
            field=models.CharField(
                max_length=254,
                validators=[phr.core.mail_addresses.validate_address],
                verbose_name="e-mail address",
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
        migrations.AlterField(
            model_name="user",
            name="phone_number",
            field=models.CharField(
                blank=True,
                max_length=16,
                validators=[
                    django.core.validators.RegexValidator(
                        "\\A\\+[1-9][0-9]{1,14}\\Z",
                        "Use the international form, for example +31201234567 (E.164).",
                    )
                ],
                verbose_name="phone number",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="time_zone",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=64,
                validators=[phr.accounts.language.refuse_unknown_time_zone],
                verbose_name="time zone",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="updated_at",
            field=models.DateTimeField(auto_now=True, verbose_name="updated at"),
        ),
        migrations.AlterField(
            model_name="user",
            name="user_type",
            field=models.CharField(
                choices=[
                    ("PATIENT", "Patient"),
                    ("DOCTOR", "Doctor"),
                    ("ADMIN", "Administrator"),
                ],
                max_length=10,
                verbose_name="user type",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="username",
            field=models.CharField(
                max_length=150,
                validators=[
                    django.core.validators.RegexValidator(
                        "\\A[A-Za-z0-9_.+-]+\\Z",
                        "Use letters without accents, digits and . + - _ only.",
                    )
                ],
                verbose_name="username",
            ),
        ),
    ]
