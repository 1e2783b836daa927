import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("care", "0002_grants_in_the_patients_hands"),
        ("notifications", "0002_emergencies_and_licences"),
    ]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="about_patient",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="care.patientprofile",
            ),
        ),
    ]
