"""Nothing any more: its words stand where the fields are made, which is quicker."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0020_words_of_names_anew"),
    ]

    operations = []
