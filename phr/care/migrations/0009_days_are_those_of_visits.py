"""What the first day of a grant means; nothing in the database changes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("care", "0008_lines_are_lines")]

    operations = []
