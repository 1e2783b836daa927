"""Nothing any more: its words stand where the fields are made, which is quicker."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0008_lines_keep_the_ids_of_events"),
    ]

    operations = []
