"""Punctuation of all scripts parts words: the texts that find people, made anew."""

from importlib import import_module

from django.db import migrations

FOUND = import_module("phr.accounts.migrations.0018_people_are_found")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0019_either_name_will_do")]

    operations = [migrations.RunPython(FOUND.note_texts, migrations.RunPython.noop)]
