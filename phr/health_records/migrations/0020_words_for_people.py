"""What people call things, in the admin site; nothing changes in the database."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("care", "0014_words_for_people"),
        ("health_records", "0019_what_has_changed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="doctorcomment",
            options={
                "verbose_name": "comment by a doctor",
                "verbose_name_plural": "comments by doctors",
            },
        ),
        migrations.AlterModelOptions(
            name="healthrecord",
            options={
                "permissions": [
                    ("read_clinical_text", "Can read clinical text (is logged)")
                ],
                "verbose_name": "health record",
                "verbose_name_plural": "health records",
            },
        ),
        migrations.AlterField(
            model_name="accountusage",
            name="bytes",
            field=models.PositiveBigIntegerField(
                help_text="The size of all their texts.", verbose_name="bytes"
            ),
        ),
        migrations.AlterField(
            model_name="accountusage",
            name="bytes_of_day",
            field=models.PositiveBigIntegerField(verbose_name="bytes of the day"),
        ),
        migrations.AlterField(
            model_name="accountusage",
            name="day",
            field=models.DateField(
                help_text="The last day (UTC) on which something was written.",
                verbose_name="day",
            ),
        ),
        migrations.AlterField(
            model_name="accountusage",
            name="entries",
            field=models.PositiveIntegerField(
                help_text="Records, comments, and earlier versions of both.",
                verbose_name="entries",
            ),
        ),
        migrations.AlterField(
            model_name="accountusage",
            name="entries_of_day",
            field=models.PositiveIntegerField(verbose_name="entries of the day"),
        ),
        migrations.AlterField(
            model_name="accountusage",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="usage",
                serialize=False,
                to=settings.AUTH_USER_MODEL,
                verbose_name="user",
            ),
        ),
        migrations.AlterField(
            model_name="commentversion",
            name="comment",
            field=models.CharField(max_length=10000, verbose_name="comment"),
        ),
        migrations.AlterField(
            model_name="commentversion",
            name="is_private",
            field=models.BooleanField(
                default=False,
                help_text="Hidden from the patient.",
                verbose_name="private",
            ),
        ),
        migrations.AlterField(
            model_name="doctorcomment",
            name="comment",
            field=models.CharField(max_length=10000, verbose_name="comment"),
        ),
        migrations.AlterField(
            model_name="doctorcomment",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                editable=False,
                verbose_name="created at",
            ),
        ),
        migrations.AlterField(
            model_name="doctorcomment",
            name="doctor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to="care.doctorprofile",
                verbose_name="doctor",
            ),
        ),
        migrations.AlterField(
            model_name="doctorcomment",
            name="health_record",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="doctor_comments",
                to="health_records.healthrecord",
                verbose_name="record",
            ),
        ),
        migrations.AlterField(
            model_name="doctorcomment",
            name="is_private",
            field=models.BooleanField(
                default=False,
                help_text="Hidden from the patient.",
                verbose_name="private",
            ),
        ),
        migrations.AlterField(
            model_name="doctorcomment",
            name="updated_at",
            field=models.DateTimeField(auto_now=True, verbose_name="updated at"),
        ),
        migrations.AlterField(
            model_name="healthrecord",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                editable=False,
                verbose_name="created at",
            ),
        ),
        migrations.AlterField(
            model_name="healthrecord",
            name="created_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="created by",
            ),
        ),
        migrations.AlterField(
            model_name="healthrecord",
            name="deleted_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="deleted at"
            ),
        ),
        migrations.AlterField(
            model_name="healthrecord",
            name="description",
            field=models.CharField(
                blank=True, default="", max_length=20000, verbose_name="description"
            ),
        ),
        migrations.AlterField(
            model_name="healthrecord",
            name="diagnosis",
            field=models.CharField(
                blank=True, default="", max_length=20000, verbose_name="diagnosis"
            ),
        ),
        migrations.AlterField(
            model_name="healthrecord",
            name="medications",
            field=models.CharField(
                blank=True, default="", max_length=20000, verbose_name="medications"
            ),
        ),
        migrations.AlterField(
            model_name="healthrecord",
            name="patient",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="health_records",
                to="care.patientprofile",
                verbose_name="patient",
            ),
        ),
        migrations.AlterField(
            model_name="healthrecord",
            name="record_type",
            field=models.CharField(
                choices=[
                    ("CHECKUP", "Check-up"),
                    ("DIAGNOSIS", "Diagnosis"),
                    ("PRESCRIPTION", "Prescription"),
                    ("LAB_RESULT", "Lab result"),
                    ("EMERGENCY", "Emergency"),
                ],
                max_length=20,
                verbose_name="record type",
            ),
        ),
        migrations.AlterField(
            model_name="healthrecord",
            name="symptoms",
            field=models.CharField(
                blank=True, default="", max_length=20000, verbose_name="symptoms"
            ),
        ),
        migrations.AlterField(
            model_name="healthrecord",
            name="title",
            field=models.CharField(max_length=200, verbose_name="title"),
        ),
        migrations.AlterField(
            model_name="healthrecord",
            name="treatment",
            field=models.CharField(
                blank=True, default="", max_length=20000, verbose_name="treatment"
            ),
        ),
        migrations.AlterField(
            model_name="healthrecord",
            name="updated_at",
            field=models.DateTimeField(auto_now=True, verbose_name="updated at"),
        ),
        migrations.AlterField(
            model_name="healthrecord",
            name="version",
            field=models.PositiveIntegerField(default=1, verbose_name="version"),
        ),
        migrations.AlterField(
            model_name="healthrecord",
            name="visit_date",
            field=models.DateTimeField(verbose_name="visit"),
        ),
        migrations.AlterField(
            model_name="recordversion",
            name="deleted_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="deleted at"
            ),
        ),
        migrations.AlterField(
            model_name="recordversion",
            name="description",
            field=models.CharField(
                blank=True, default="", max_length=20000, verbose_name="description"
            ),
        ),
        migrations.AlterField(
            model_name="recordversion",
            name="diagnosis",
            field=models.CharField(
                blank=True, default="", max_length=20000, verbose_name="diagnosis"
            ),
        ),
        migrations.AlterField(
            model_name="recordversion",
            name="medications",
            field=models.CharField(
                blank=True, default="", max_length=20000, verbose_name="medications"
            ),
        ),
        migrations.AlterField(
            model_name="recordversion",
            name="record_type",
            field=models.CharField(
                choices=[
                    ("CHECKUP", "Check-up"),
                    ("DIAGNOSIS", "Diagnosis"),
                    ("PRESCRIPTION", "Prescription"),
                    ("LAB_RESULT", "Lab result"),
                    ("EMERGENCY", "Emergency"),
                ],
                max_length=20,
                verbose_name="record type",
            ),
        ),
        migrations.AlterField(
            model_name="recordversion",
            name="symptoms",
            field=models.CharField(
                blank=True, default="", max_length=20000, verbose_name="symptoms"
            ),
        ),
        migrations.AlterField(
            model_name="recordversion",
            name="title",
            field=models.CharField(max_length=200, verbose_name="title"),
        ),
        migrations.AlterField(
            model_name="recordversion",
            name="treatment",
            field=models.CharField(
                blank=True, default="", max_length=20000, verbose_name="treatment"
            ),
        ),
        migrations.AlterField(
            model_name="recordversion",
            name="version",
            field=models.PositiveIntegerField(default=1, verbose_name="version"),
        ),
        migrations.AlterField(
            model_name="recordversion",
            name="visit_date",
            field=models.DateTimeField(verbose_name="visit"),
        ),
    ]
