"""What people call things, in the admin site; nothing changes in the database."""

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
            model_name="patientprofile",
            name="emergency_contact",
            field=models.CharField(
                blank=True,
                max_length=200,
                validators=[phr.core.single_line.refuse_other_than_one_line],
                verbose_name="emergency contact",
            ),
        ),
    ]
