"""Plainer texts of fields, for people; nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0001_exports"),
    ]

    operations = [
        migrations.AlterField(
            model_name="export",
            name="status",
            field=models.CharField(
                choices=[
                    ("PENDING", "Waiting"),
                    ("PREPARING", "Being prepared"),
                    ("READY", "Ready to download"),
                    ("FAILED", "Failed"),
                    ("EXPIRED", "Expired"),
                ],
                default="PENDING",
                max_length=10,
            ),
        ),
    ]
