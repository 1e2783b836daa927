"""Plainer texts of fields, for people; nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0008_lines_keep_the_ids_of_events"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notification",
            name="notification_type",
            field=models.CharField(
                choices=[
                    ("PATIENT_ASSIGNED", "A patient was assigned"),
                    ("DOCTOR_ASSIGNED", "A doctor was assigned"),
                    ("CARE_REQUESTED", "A doctor asks for access"),
                    ("CARE_CHANGED", "A grant has changed"),
                    ("NEW_RECORD", "A record was added"),
                    ("COMMENT_ADDED", "A comment was added"),
                    ("EMERGENCY_ACCESS", "Emergency access was used"),
                    ("VERIFICATION", "A doctor's licence"),
                    ("SECURITY", "Account security"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="notificationpreference",
            name="channel",
            field=models.CharField(
                choices=[("IN_APP", "In the inbox"), ("EMAIL", "By e-mail")],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="notificationpreference",
            name="notification_type",
            field=models.CharField(
                choices=[
                    ("PATIENT_ASSIGNED", "A patient was assigned"),
                    ("DOCTOR_ASSIGNED", "A doctor was assigned"),
                    ("CARE_REQUESTED", "A doctor asks for access"),
                    ("CARE_CHANGED", "A grant has changed"),
                    ("NEW_RECORD", "A record was added"),
                    ("COMMENT_ADDED", "A comment was added"),
                    ("EMERGENCY_ACCESS", "Emergency access was used"),
                    ("VERIFICATION", "A doctor's licence"),
                    ("SECURITY", "Account security"),
                ],
                max_length=20,
            ),
        ),
    ]
