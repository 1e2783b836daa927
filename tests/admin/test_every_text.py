"""No page of the admin site shows a text that has not come through the catalogue."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from phr.accounts.models import User
from tests.access.browsers import browser_of
from tests.admin.test_pages import (
    ADDED_HERE,
    ALL,
    DELETED_HERE,
    MAKERS,
    for_each,
    page,
)
from tests.factories import DoctorVerificationFactory, EmergencyAccessFactory
from tests.languages.marked_language import MARKED, marked_language, unmarked_words

ALIKE = {"Id"}  # what is spelt alike in all languages


@pytest.fixture
def client(rita: User) -> Iterator[Client]:
    """Rita's browser, which asks for the language whose texts are marked."""
    rita.user_permissions.add(Permission.objects.get(codename="read_clinical_text"))
    with marked_language():
        yield browser_of(rita)


def words_of(answer: Any) -> list[str]:
    """What a page shows outside of the marks."""
    assert answer.status_code == 200
    return [one for one in unmarked_words(answer.content.decode()) if one not in ALIKE]


def words_at(client: Client, *paths: str) -> dict[str, list[str]]:
    """What pages show outside of the marks, by path, of those that show any."""
    found = {path: words_of(client.get(path, headers=MARKED)) for path in paths}
    return {path: words for path, words in found.items() if words}


@for_each(ALL)
def test_every_text_of_a_models_pages_is_translated(
    client: Client, model: type[Model]
) -> None:
    row = MAKERS[model]()
    paths = [
        reverse("admin:app_list", args=[model._meta.app_label]),
        page(model, "changelist"),
        page(model, "changelist") + "?q=nobody-at-all",
        page(model, "change", row.pk),
        page(model, "history", row.pk),
        *([page(model, "add")] if model in ADDED_HERE else []),
        *([page(model, "delete", row.pk)] if model in DELETED_HERE else []),
    ]

    assert words_at(client, *paths) == {}


@for_each(ADDED_HERE)
def test_every_text_about_mistakes_is_translated(
    client: Client, model: type[Model]
) -> None:
    answer = client.post(page(model, "add"), {}, headers=MARKED)

    assert words_of(answer) == []


def test_every_text_of_the_pages_of_ours_is_translated(
    client: Client, dr_dan: Any, alices_record: Any
) -> None:
    DoctorVerificationFactory(doctor=dr_dan)
    emergency = EmergencyAccessFactory()
    record, patient = alices_record.pk, alices_record.patient_id
    texts = [
        reverse("admin:health_records_healthrecord_clinical_text", args=[record]),
        reverse("admin:care_patientprofile_clinical_text", args=[patient]),
    ]
    decisions = [
        reverse("admin:care_doctorprofile_decide", args=[dr_dan.pk]),
        reverse("admin:care_emergencyaccess_review", args=[emergency.pk]),
    ]
    others = ["/admin/", reverse("admin:confirm")]

    assert words_at(client, *texts, *decisions, *others) == {}
    for path in (*texts, *decisions):
        assert words_of(client.post(path, {}, headers=MARKED)) == [], path


def test_what_was_done_is_told_in_the_readers_language(
    client: Client, alice: Any
) -> None:
    """By a message, among what one has done lately, and in the account's history."""
    person = page(User, "change", alice.user_id)
    form = client.get(person).context["adminform"].form
    body = {name: form[name].value() or "" for name in form.fields}
    changed = client.post(
        person,
        body | {"is_active": "on", "phone_number": "+31201234567"},
        headers=MARKED,
        follow=True,
    )

    assert words_of(changed) == []
    paths = ["/admin/", page(User, "history", alice.user_id)]
    assert words_at(client, *paths) == {}


@pytest.mark.parametrize(
    ("model", "action"), [("care/caregrant", "end"), ("core/outboxevent", "replay")]
)
def test_what_an_action_has_done_is_told_in_the_readers_language(
    client: Client, bobs_grant: Any, model: str, action: str
) -> None:
    body = {"action": action, "_selected_action": [bobs_grant.pk]}
    answer = client.post(f"/admin/{model}/", body, headers=MARKED, follow=True)

    assert words_of(answer) == []
