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
            model_name="emergencyaccess",
            name="review_note",
            field=models.CharField(
                blank=True,
                max_length=500,
                validators=[phr.core.single_line.refuse_other_than_one_line],
                verbose_name="note of the review",
            ),
        ),
    ]
