"""What people call things, in the admin site; nothing changes in the database."""

from django.conf import settings
from django.db import migrations


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
    ]
