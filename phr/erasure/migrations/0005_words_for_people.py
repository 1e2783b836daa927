"""What people call things, in the admin site; nothing changes in the database."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("erasure", "0004_plainer_texts"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="erasure",
            options={"verbose_name": "erasure", "verbose_name_plural": "erasures"},
        ),
    ]
