from collections.abc import Callable
from typing import Any

from django.db import migrations

from phr.core.text_folding import fold
from phr.health_records.search import stored_words

AT_ONCE = 500
TEXTS = (
    *("title", "description", "symptoms", "diagnosis", "treatment"),
    "medications",
)


def note_words(apps: Any, schema_editor: Any) -> None:
    def words(record: Any) -> None:
        texts = (getattr(record, name) for name in TEXTS)
        record.search_words = stored_words(record.patient_id, *texts)

    change_each(apps, "search_words", words)


def fold_texts(apps: Any, schema_editor: Any) -> None:
    def text(record: Any) -> None:
        record.search_text = fold(*(getattr(record, name) for name in TEXTS))

    change_each(apps, "search_text", text)


def change_each(apps: Any, field: str, change: Callable[[Any], None]) -> None:
    """Go through all records in batches of their own transactions, in order of id."""
    records = apps.get_model("health_records", "HealthRecord").objects.order_by("pk")
    batch = list(records[:AT_ONCE])
    while batch:
        for record in batch:
            change(record)
        records.bulk_update(batch, [field])
        batch = list(records.filter(pk__gt=batch[-1].pk)[:AT_ONCE])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("health_records", "0004_words_for_searches")]

    operations = [migrations.RunPython(note_words, fold_texts)]
