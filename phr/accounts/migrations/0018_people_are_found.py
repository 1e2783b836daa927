"""Fill the text by which people are found, and then index it."""

from typing import Any
from uuid import UUID

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, transaction

from phr.core.name_search import name_line

AT_ONCE = 1_000
TEXTS = ("first_name", "last_name", "username", "email")


def note_texts(apps: Any, schema_editor: Any) -> None:
    """In batches of their own transactions, whose rows are locked meanwhile, so that
    what somebody changes at the same time is neither lost nor waits for long."""
    users = apps.get_model("accounts", "User").objects.order_by("pk")
    last = UUID(int=0)
    while True:
        with transaction.atomic():
            later = users.select_for_update(no_key=True).filter(pk__gt=last)
            batch = list(later.only("search_text", *TEXTS)[:AT_ONCE])
            if not batch:
                return
            for user in batch:
                texts = (getattr(user, name) for name in TEXTS)
                user.search_text = name_line(" ".join(texts))
            users.bulk_update(batch, ["search_text"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0017_text_that_finds_people"),
        ("care", "0004_lists_are_flat"),  # which has made the extension for trigrams
    ]

    operations = [
        migrations.RunPython(note_texts, migrations.RunPython.noop),
        AddIndexConcurrently(
            model_name="user",
            index=GinIndex(
                OpClass("search_text", name="gin_trgm_ops"),
                fastupdate=False,
                name="accounts_users_by_words",
            ),
        ),
    ]
