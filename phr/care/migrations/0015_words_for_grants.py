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
        ("care", "0014_words_for_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="caregrant",
            options={"verbose_name": "grant", "verbose_name_plural": "grants"},
        ),
        migrations.AlterModelOptions(
            name="emergencyaccess",
            options={
                "verbose_name": "emergency access",
                "verbose_name_plural": "emergency accesses",
            },
        ),
        migrations.AlterField(
            model_name="caregrant",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                editable=False,
                verbose_name="created at",
            ),
        ),
        migrations.AlterField(
            model_name="caregrant",
            name="decided_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="decided at"
            ),
        ),
        migrations.AlterField(
            model_name="caregrant",
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
            model_name="caregrant",
            name="decision_reason",
            field=models.CharField(
                blank=True,
                help_text="Why the request was accepted or declined.",
                max_length=500,
                validators=[phr.core.single_line.refuse_other_than_one_line],
                verbose_name="reason for the decision",
            ),
        ),
        migrations.AlterField(
            model_name="caregrant",
            name="doctor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="care_grants",
                to="care.doctorprofile",
                verbose_name="doctor",
            ),
        ),
        migrations.AlterField(
            model_name="caregrant",
            name="end_reason",
            field=models.CharField(
                blank=True,
                help_text="Why the grant was ended.",
                max_length=500,
                validators=[phr.core.single_line.refuse_other_than_one_line],
                verbose_name="reason for the end",
            ),
        ),
        migrations.AlterField(
            model_name="caregrant",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="ended at"),
        ),
        migrations.AlterField(
            model_name="caregrant",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="ended by",
            ),
        ),
        migrations.AlterField(
            model_name="caregrant",
            name="expires_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="expires at"
            ),
        ),
        migrations.AlterField(
            model_name="caregrant",
            name="is_primary",
            field=models.BooleanField(default=False, verbose_name="primary"),
        ),
        migrations.AlterField(
            model_name="caregrant",
            name="origin",
            field=models.CharField(
                choices=[
                    ("STAFF", "Staff"),
                    ("PATIENT", "Patient"),
                    ("DOCTOR", "Doctor"),
                    ("EMERGENCY", "Emergency access"),
                ],
                max_length=10,
                verbose_name="origin",
            ),
        ),
        migrations.AlterField(
            model_name="caregrant",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="care_grants",
                to="care.patientprofile",
                verbose_name="patient",
            ),
        ),
        migrations.AlterField(
            model_name="caregrant",
            name="reason",
            field=models.CharField(
                blank=True,
                help_text="Why access was requested.",
                max_length=500,
                validators=[phr.core.single_line.refuse_other_than_one_line],
                verbose_name="reason",
            ),
        ),
        migrations.AlterField(
            model_name="caregrant",
            name="record_types",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("CHECKUP", "Check-up"),
                        ("DIAGNOSIS", "Diagnosis"),
                        ("PRESCRIPTION", "Prescription"),
                        ("LAB_RESULT", "Lab result"),
                        ("EMERGENCY", "Emergency"),
                    ],
                    max_length=20,
                ),
                blank=True,
                default=list,
                help_text="The record types that it covers; an empty list means all.",
                size=None,
                verbose_name="record types",
            ),
        ),
        migrations.AlterField(
            model_name="caregrant",
            name="records_since",
            field=models.DateField(
                blank=True,
                help_text="Covers visits on or after this date, in local time.",
                null=True,
                verbose_name="records since",
            ),
        ),
        migrations.AlterField(
            model_name="caregrant",
            name="requested_at",
            field=models.DateTimeField(verbose_name="requested at"),
        ),
        migrations.AlterField(
            model_name="caregrant",
            name="requested_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="requested by",
            ),
        ),
        migrations.AlterField(
            model_name="caregrant",
            name="starts_at",
            field=models.DateTimeField(verbose_name="starts at"),
        ),
        migrations.AlterField(
            model_name="caregrant",
            name="status",
            field=models.CharField(
                choices=[
                    ("PENDING", "Pending"),
                    ("ACTIVE", "Active"),
                    ("DECLINED", "Declined"),
                    ("ENDED", "Ended"),
                    ("EXPIRED", "Expired"),
                ],
                max_length=10,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="caregrant",
            name="updated_at",
            field=models.DateTimeField(auto_now=True, verbose_name="updated at"),
        ),
        migrations.AlterField(
            model_name="emergencyaccess",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                editable=False,
                verbose_name="created at",
            ),
        ),
        migrations.AlterField(
            model_name="emergencyaccess",
            name="grant",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="emergency",
                to="care.caregrant",
                verbose_name="grant",
            ),
        ),
        migrations.AlterField(
            model_name="emergencyaccess",
            name="reason_code",
            field=models.CharField(
                choices=[
                    ("UNCONSCIOUS", "The patient cannot be asked"),
                    ("LIFE_THREATENING", "Life or limb is in danger"),
                    ("URGENT_CARE", "Treatment cannot wait for an answer"),
                    ("OTHER", "Another reason, explained in the text"),
                ],
                max_length=20,
                verbose_name="reason",
            ),
        ),
        migrations.AlterField(
            model_name="emergencyaccess",
            name="review_note",
            field=models.CharField(
                blank=True,
                max_length=500,
                validators=[phr.core.single_line.refuse_other_than_one_line],
                verbose_name="note of the review",
            ),
        ),
        migrations.AlterField(
            model_name="emergencyaccess",
            name="reviewed_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="reviewed at"
            ),
        ),
        migrations.AlterField(
            model_name="emergencyaccess",
            name="reviewed_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="reviewed by",
            ),
        ),
        migrations.AlterField(
            model_name="emergencyaccess",
            name="updated_at",
            field=models.DateTimeField(auto_now=True, verbose_name="updated at"),
        ),
        migrations.AlterField(
            model_name="emergencyaccess",
            name="verdict",
            field=models.CharField(
                blank=True,
                choices=[("JUSTIFIED", "Justified"), ("UNJUSTIFIED", "Not justified")],
                max_length=12,
                verbose_name="verdict",
            ),
        ),
    ]
