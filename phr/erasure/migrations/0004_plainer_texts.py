"""Nothing any more: its words stand where the fields are made, which is quicker."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("erasure", "0003_places_of_refused_sign_ins"),
    ]

    operations = []
