"""Doctors are found by words, in any order: what searches look through is made anew."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import migrations, transaction

from phr.care.querysets import searched_as
from phr.core.text_folding import fold

AT_ONCE = 500


def by_words(apps: Any, schema_editor: Any) -> None:
    change_each(apps, searched_as)


def as_before(apps: Any, schema_editor: Any) -> None:
    change_each(apps, lambda first, last, what: fold(f"{first} {last}", what))


def change_each(apps: Any, text_of: Callable[[str, str, str], str]) -> None:
    """In batches of their own transactions, whose rows are locked meanwhile, accounts
    first as in all of the server; what stays the same is not written."""
    doctors = apps.get_model("care", "DoctorProfile").objects.order_by("pk")
    accounts = apps.get_model("accounts", "User").objects.order_by("pk")
    last = UUID(int=0)
    while ids := list(doctors.filter(pk__gt=last).values_list("pk", "user")[:AT_ONCE]):
        with transaction.atomic():
            own = accounts.filter(pk__in=[user_id for _, user_id in ids])
            users = own.select_for_update(no_key=True).in_bulk()
            batch = doctors.filter(user__in=users).select_for_update(no_key=True)
            changed = []
            for doctor in batch:
                user = users[doctor.user_id]
                text = text_of(user.first_name, user.last_name, doctor.specialization)
                if text != doctor.search_text:
                    doctor.search_text = text
                    changed.append(doctor)
            doctors.bulk_update(changed, ["search_text"])
        last = ids[-1][0]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("care", "0006_what_was_verified"),
        ("accounts", "0001_initial"),
    ]

    operations = [migrations.RunPython(by_words, as_before)]
