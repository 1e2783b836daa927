"""Marks stay with their letters, numbers are words: the words of records, anew."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import migrations, transaction

from phr.core.text_folding import fold
from phr.health_records.search import KEY_LENGTH, UNSPACED, stored_words

AT_ONCE = 200
TEXTS = (
    *("title", "description", "symptoms", "diagnosis", "treatment"),
    "medications",
)
WORD_BEFORE = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+")


def words_before(patient_id: UUID, *texts: str) -> str:
    """The words as they were noted before this migration."""
    words = {
        word[:40]
        for text in texts
        for word in list(dict.fromkeys(WORD_BEFORE.findall(fold(text))))[:2_000]
    }
    return " ".join(patient_id.hex[-KEY_LENGTH:] + word for word in words)


def note_words(apps: Any, schema_editor: Any) -> None:
    change_each(apps, stored_words)


def note_words_as_before(apps: Any, schema_editor: Any) -> None:
    change_each(apps, words_before)


def change_each(apps: Any, words_of: Callable[..., str]) -> None:
    """Go through all records in order of id, and write those whose words are others.

    In batches of their own transactions, whose rows are locked meanwhile, so that what
    somebody writes at the same time is neither lost nor waits for long.
    """
    records = apps.get_model("health_records", "HealthRecord").objects
    of_all = records.only("patient_id", "search_words", *TEXTS).order_by("pk")
    last = UUID(int=0)
    while True:
        with transaction.atomic():
            batch = list(
                of_all.select_for_update(no_key=True).filter(pk__gt=last)[:AT_ONCE]
            )
            if not batch:
                return
            changed = [record for record in batch if has_other_words(record, words_of)]
            records.bulk_update(changed, ["search_words"])
        last = batch[-1].pk


def has_other_words(record: Any, words_of: Callable[..., str]) -> bool:
    """Put the words into a record, and say whether they are others."""
    words = words_of(record.patient_id, *(getattr(record, name) for name in TEXTS))
    stored = record.search_words.replace("'", "").split()
    record.search_words = words
    return set(words.split()) != set(stored)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("health_records", "0012_usage_of_accounts")]

    operations = [migrations.RunPython(note_words, note_words_as_before)]
