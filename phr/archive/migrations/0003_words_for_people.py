"""Nothing any more: its words stand where the fields are made, which is quicker."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0002_plainer_texts"),
    ]

    operations = []
