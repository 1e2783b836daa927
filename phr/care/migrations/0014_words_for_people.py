"""What people call things, in the admin site; nothing changes in the database."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import phr.core.single_line


class Migration(migrations.Migration):
    dependencies = [
        ("care", "0013_plainer_texts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="doctorprofile",
            options={"verbose_name": "doctor", "verbose_name_plural": "doctors"},
        ),
        migrations.AlterModelOptions(
            name="doctorverification",
            options={"verbose_name": "licence", "verbose_name_plural": "licences"},
        ),
        migrations.AlterModelOptions(
            name="patientprofile",
            options={"verbose_name": "patient", "verbose_name_plural": "patients"},
        ),
        migrations.AlterField(
            model_name="doctorprofile",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                editable=False,
                verbose_name="created at",
            ),
        ),
        migrations.AlterField(
            model_name="doctorprofile",
            name="license_number",
            field=models.CharField(
                blank=True,
                max_length=50,
                validators=[phr.core.single_line.refuse_other_than_one_line],
                verbose_name="licence number",
            ),
        ),
        migrations.AlterField(
            model_name="doctorprofile",
            name="specialization",
            field=models.CharField(
                blank=True,
                max_length=100,
                validators=[phr.core.single_line.refuse_other_than_one_line],
                verbose_name="specialization",
            ),
        ),
        migrations.AlterField(
            model_name="doctorprofile",
            name="updated_at",
            field=models.DateTimeField(auto_now=True, verbose_name="updated at"),
        ),
        migrations.AlterField(
            model_name="doctorprofile",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="doctor_profile",
                to=settings.AUTH_USER_MODEL,
                verbose_name="user",
            ),
        ),
        migrations.AlterField(
            model_name="doctorprofile",
            name="verified_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="verified at"
            ),
        ),
        migrations.AlterField(
            model_name="doctorprofile",
            name="verified_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="verified_doctors",
                to=settings.AUTH_USER_MODEL,
                verbose_name="verified by",
            ),
        ),
        migrations.AlterField(
            model_name="doctorprofile",
            name="verified_until",
            field=models.DateTimeField(
                blank=True,
                help_text="When the verification expires, if ever.",
                null=True,
                verbose_name="verified until",
            ),
        ),
        migrations.AlterField(
            model_name="doctorprofile",
            name="years_of_experience",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MaxValueValidator(80)],
                verbose_name="years of experience",
            ),
        ),
        migrations.AlterField(
            model_name="doctorverification",
            name="authority",
            field=models.CharField(
                blank=True,
                help_text="The authority that issued the licence.",
                max_length=200,
                validators=[phr.core.single_line.refuse_other_than_one_line],
                verbose_name="authority",
            ),
        ),
        migrations.AlterField(
            model_name="doctorverification",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                editable=False,
                verbose_name="created at",
            ),
        ),
        migrations.AlterField(
            model_name="doctorverification",
            name="decided_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="decided at"
            ),
        ),
        migrations.AlterField(
            model_name="doctorverification",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AlterField(
            model_name="doctorverification",
            name="doctor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="verifications",
                to="care.doctorprofile",
                verbose_name="doctor",
            ),
        ),
        migrations.AlterField(
            model_name="doctorverification",
            name="document_reference",
            field=models.CharField(
                blank=True,
                help_text="Where the licence document can be looked up.",
                max_length=200,
                validators=[phr.core.single_line.refuse_other_than_one_line],
                verbose_name="document",
            ),
        ),
        migrations.AlterField(
            model_name="doctorverification",
            name="first_name",
            field=models.CharField(
                blank=True,
                max_length=150,
                validators=[phr.core.single_line.refuse_other_than_one_line],
                verbose_name="first name",
            ),
        ),
        migrations.AlterField(
            model_name="doctorverification",
            name="last_name",
            field=models.CharField(
                blank=True,
                max_length=150,
                validators=[phr.core.single_line.refuse_other_than_one_line],
                verbose_name="last name",
            ),
        ),
        migrations.AlterField(
            model_name="doctorverification",
            name="license_number",
            field=models.CharField(
                max_length=50,
                validators=[phr.core.single_line.refuse_other_than_one_line],
                verbose_name="licence number",
            ),
        ),
        migrations.AlterField(
            model_name="doctorverification",
            name="reason",
            field=models.CharField(
                blank=True,
                max_length=500,
                validators=[phr.core.single_line.refuse_other_than_one_line],
                verbose_name="reason",
            ),
        ),
        migrations.AlterField(
            model_name="doctorverification",
            name="specialization",
            field=models.CharField(
                blank=True,
                max_length=100,
                validators=[phr.core.single_line.refuse_other_than_one_line],
                verbose_name="specialization",
            ),
        ),
        migrations.AlterField(
            model_name="doctorverification",
            name="status",
            field=models.CharField(
                choices=[
                    ("PENDING", "Pending"),
                    ("VERIFIED", "Verified"),
                    ("REFUSED", "Refused"),
                    ("REPLACED", "Replaced by another"),
                ],
                default="PENDING",
                max_length=10,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="doctorverification",
            name="updated_at",
            field=models.DateTimeField(auto_now=True, verbose_name="updated at"),
        ),
        migrations.AlterField(
            model_name="doctorverification",
            name="valid_until",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="valid until"
            ),
        ),
        migrations.AlterField(
            model_name="patientprofile",
            name="allergies",
            field=models.CharField(
                blank=True, max_length=2000, verbose_name="allergies"
            ),
        ),
        migrations.AlterField(
            model_name="patientprofile",
            name="blood_type",
            field=models.CharField(
                blank=True,
                choices=[
                    ("A+", "A+"),
                    ("A-", "A-"),
                    ("B+", "B+"),
                    ("B-", "B-"),
                    ("AB+", "AB+"),
                    ("AB-", "AB-"),
                    ("O+", "O+"),
                    ("O-", "O-"),
                ],
                max_length=3,
                verbose_name="blood type",
            ),
        ),
        migrations.AlterField(
            model_name="patientprofile",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                editable=False,
                verbose_name="created at",
            ),
        ),
        migrations.AlterField(
            model_name="patientprofile",
            name="emergency_contact",
            field=models.CharField(
                blank=True,
                max_length=200,
                validators=[phr.core.single_line.refuse_other_than_one_line],
                verbose_name="emergency contact",
            ),
        ),
        migrations.AlterField(
            model_name="patientprofile",
            name="updated_at",
            field=models.DateTimeField(auto_now=True, verbose_name="updated at"),
        ),
        migrations.AlterField(
            model_name="patientprofile",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="patient_profile",
                to=settings.AUTH_USER_MODEL,
                verbose_name="user",
            ),
        ),
    ]
