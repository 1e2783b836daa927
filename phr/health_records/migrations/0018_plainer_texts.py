"""Nothing any more: its words stand where the fields are made, which is quicker."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("health_records", "0017_compounds_are_words"),
    ]

    operations = []
