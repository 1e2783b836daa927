from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("care", "0005_erasing_is_flat")]

    operations = [
        migrations.AddField(
            model_name="doctorverification",
            name="first_name",
            field=models.CharField(blank=True, default="", max_length=150),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="doctorverification",
            name="last_name",
            field=models.CharField(blank=True, default="", max_length=150),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="doctorverification",
            name="specialization",
            field=models.CharField(blank=True, default="", max_length=100),
            preserve_default=False,
        ),
    ]
