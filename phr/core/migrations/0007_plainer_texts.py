"""Nothing any more: its words stand where the fields are made, which is quicker."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_attempts_are_counted"),
    ]

    operations = []
