"""As accounts.0020: the texts that find doctors; those of licences are new ones."""

from importlib import import_module

from django.db import migrations

BY_WORDS = import_module("phr.care.migrations.0007_doctors_are_found_by_words")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("care", "0011_licences_are_found"),
        ("accounts", "0020_words_of_names_anew"),
    ]

    operations = [migrations.RunPython(BY_WORDS.by_words, migrations.RunPython.noop)]
