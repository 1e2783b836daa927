"""Words with a sign in them are found written as one: the words of records, anew."""

from importlib import import_module

from django.db import migrations

ANEW = import_module("phr.health_records.migrations.0013_words_are_noted_anew")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("health_records", "0016_offsets_are_in_the_indexes")]

    # Going back leaves words that nobody asks for, until a text is changed.
    operations = [
        migrations.RunPython(ANEW.note_words, migrations.RunPython.noop),
    ]
