"""What each account keeps, counted for those who are here already."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FILL = """
INSERT INTO health_records_accountusage
  (user_id, entries, bytes, day, entries_of_day, bytes_of_day)
SELECT user_id, count(*), sum(bytes), (now() AT TIME ZONE 'UTC')::date, 0, 0
FROM (
  SELECT patient.user_id, octet_length(concat(
    title, description, symptoms, diagnosis, treatment, medications)) AS bytes
  FROM health_records_healthrecord AS record
  JOIN care_patientprofile AS patient ON patient.id = record.patient_id
  UNION ALL
  SELECT patient.user_id, octet_length(concat(
    title, description, symptoms, diagnosis, treatment, medications))
  FROM health_records_recordversion AS record
  JOIN care_patientprofile AS patient ON patient.id = record.patient_id
  UNION ALL
  SELECT doctor.user_id, octet_length(comment)
  FROM health_records_doctorcomment AS comment
  JOIN care_doctorprofile AS doctor ON doctor.id = comment.doctor_id
  UNION ALL
  SELECT doctor.user_id, octet_length(comment)
  FROM health_records_commentversion AS comment
  JOIN care_doctorprofile AS doctor ON doctor.id = comment.doctor_id
) AS owned GROUP BY user_id
ON CONFLICT (user_id) DO UPDATE SET entries = excluded.entries, bytes = excluded.bytes
"""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("care", "0005_erasing_is_flat"),
        ("health_records", "0010_newest_of_all"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountUsage",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="usage",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
                (
                    "entries",
                    models.PositiveIntegerField(
                        help_text="Records, comments, and earlier versions of both.",
                        verbose_name="entries",
                    ),
                ),
                (
                    "bytes",
                    models.PositiveBigIntegerField(
                        help_text="The size of all their texts.", verbose_name="bytes"
                    ),
                ),
                (
                    "day",
                    models.DateField(
                        help_text="The last day (UTC) on which something was written.",
                        verbose_name="day",
                    ),
                ),
                (
                    "entries_of_day",
                    models.PositiveIntegerField(verbose_name="entries of the day"),
                ),
                (
                    "bytes_of_day",
                    models.PositiveBigIntegerField(verbose_name="bytes of the day"),
                ),
            ],
            options={
                "verbose_name": "usage of an account",
                "verbose_name_plural": "usage of accounts",
                "indexes": [
                    models.Index(
                        fields=["-bytes", "user"], name="health_records_by_usage"
                    )
                ],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
