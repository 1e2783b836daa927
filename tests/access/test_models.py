"""No table that leads to a person without a scope that says who may read it."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from phr.accounts.models import User
from phr.care.models import PatientProfile
from tests.conftest import user_of

NO_SCOPE = {
    "accounts.User": "shown by its own session, or inside a profile that is visible",
    "accounts.LoginSession": "found by its own token only",
    "account.EmailAddress": "shown to its owner only, in their own account",
    "account.EmailConfirmation": "allauth's, unused: links are signed, not stored",
    "mfa.Authenticator": "found by its owner's session only",
    "usersessions.UserSession": "listed among its owner's own sessions",
    "archive.ExportPiece": "found by its export only",
    "accounts.Mail": "found by its own event only",
    "audit.CountedRefusal": "read by nobody; the ledger tells it",
    "health_records.AccountUsage": "figures for staff, without a word of anybody's",
    "admin.LogEntry": "the admin site's own journal, for staff",
    "care.DoctorProfile": "the public directory of doctors: listed",
    "pghistory.MiddlewareEvents": "a view of the library's, which nothing here uses",
}


def leads_to_a_person(model: type[Model]) -> bool:
    """Whether foreign keys, or a plain patient's id, lead to somebody."""
    seen: set[type[Model]] = set()
    waiting = [model]
    while waiting:
        current = waiting.pop()
        if current in (User, PatientProfile):
            return True
        if current in seen:
            continue
        seen.add(current)
        fields = [field for field in current._meta.get_fields() if field.concrete]
        if "patient_id" in {field.name for field in fields}:
            return True
        waiting += [field.related_model for field in fields if field.related_model]
    return False


PERSONAL = [model for model in apps.get_models() if leads_to_a_person(model)]
SCOPED = [model for model in PERSONAL if model._meta.label not in NO_SCOPE]


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.label)
def test_a_table_about_people_says_who_may_read_it(model):
    assert hasattr(model.objects.all(), "visible_to")


def test_the_tables_that_need_no_scope_are_tables_about_people():
    assert NO_SCOPE.keys() <= {model._meta.label for model in PERSONAL}
    assert {"care.PatientProfile", "health_records.HealthRecord"} <= {
        model._meta.label for model in SCOPED
    }


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.label)
@pytest.mark.parametrize("who", ["nobody", "sam"])
def test_a_scope_is_closed_to_nobody_and_to_staff(request, scene, model, who):
    person: Any = (
        AnonymousUser() if who == "nobody" else user_of(request.getfixturevalue(who))
    )

    assert model.objects.exists()
    assert not model.objects.all().visible_to(person).exists()
