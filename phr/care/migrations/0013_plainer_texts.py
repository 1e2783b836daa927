"""Plainer texts of fields, for people; nothing changes in the database."""

import django.contrib.postgres.fields
from django.db import migrations, models

import phr.core.single_line


class Migration(migrations.Migration):
    dependencies = [
        ("care", "0012_words_of_doctors_anew"),
    ]

    operations = [
        migrations.AlterField(
            model_name="caregrant",
            name="decision_reason",
            field=models.CharField(
                blank=True,
                help_text="Why the request was accepted or declined.",
                max_length=500,
                validators=[phr.core.single_line.refuse_other_than_one_line],
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
            ),
        ),
    ]
