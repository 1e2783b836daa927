"""Nothing any more: its words stand where the fields are made, which is quicker."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0006_refused_sign_ins_are_found"),
    ]

    operations = []
