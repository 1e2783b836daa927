"""Fill the text by which licences are found, that of the names they are handed in for.

The names do not change once they are stored, so no row is locked to be read.
"""

from typing import Any
from uuid import UUID

from django.db import migrations

from phr.core.name_search import name_line

AT_ONCE = 1_000


def note_texts(apps: Any, schema_editor: Any) -> None:
    licences = apps.get_model("care", "DoctorVerification").objects.order_by("pk")
    named = licences.only("first_name", "last_name")
    last = UUID(int=0)
    while batch := list(named.filter(pk__gt=last)[:AT_ONCE]):
        for licence in batch:
            names = f"{licence.first_name} {licence.last_name}"
            licence.search_text = name_line(names)
        licences.bulk_update(batch, ["search_text"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("care", "0010_licences_have_a_text")]

    operations = [migrations.RunPython(note_texts, migrations.RunPython.noop)]
