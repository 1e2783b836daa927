"""What stands in the database, to see that a refusal has changed nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps

from phr.audit.models import AccessEntry, Outcome

# Of allauth's, those that keep addresses and factors.
OWN_APPS = (
    *("core", "accounts", "care", "health_records", "notifications"),
    *("account", "mfa", "archive", "erasure"),
)


def all_rows() -> dict[str, list[Any]]:
    """Every row of our tables; of the ledger only what says that something was done."""
    rows: dict[str, list[Any]] = {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for app in OWN_APPS
        for model in apps.get_app_config(app).get_models()
    }
    done = AccessEntry.objects.filter(outcome=Outcome.ALLOWED).order_by("pk")
    rows["audit.AccessEntry"] = list(done.values())
    return rows


@contextmanager
def nothing_written() -> Iterator[None]:
    """See that the block leaves every row as it was."""
    before = all_rows()
    yield
    assert all_rows() == before
