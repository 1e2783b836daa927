"""Every page of the admin site opens for whom it should, in a constant number of
queries, and for nobody else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from phr.accounts.models import LoginSession, User
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.models import AccessEntry, LedgerSeal
from phr.audit.seals import seal_next
from phr.audit.services import Access
from phr.care.models import (
    CareGrant,
    DoctorProfile,
    DoctorVerification,
    EmergencyAccess,
    PatientProfile,
)
from phr.core.models import OutboxEvent
from phr.erasure.models import Erasure
from phr.health_records import account_limits
from phr.health_records.models import AccountUsage, DoctorComment, HealthRecord
from phr.notifications.models import Notification
from tests.factories import (
    AccessEntryFactory,
    CareGrantFactory,
    DoctorCommentFactory,
    DoctorFactory,
    DoctorVerificationFactory,
    EmergencyAccessFactory,
    ErasureFactory,
    HealthRecordFactory,
    NotificationFactory,
    OutboxEventFactory,
    PatientFactory,
    UserFactory,
)


def make_session() -> LoginSession:
    return LoginSession.objects.create(user=UserFactory(), last_used_at=timezone.now())


def make_line() -> AccessEntry:
    patient = PatientFactory()
    audit.note(
        patient.user,
        Action.PROFILE_CHANGED,
        Access(patient.pk, "profile", [patient.pk]),
    )
    return AccessEntry.objects.latest("pk")


def make_seal() -> LedgerSeal | None:
    return seal_next(upto=make_line().position, at=timezone.now())


def make_usage() -> AccountUsage:
    record = HealthRecordFactory()
    account_limits.recount([record.patient.user_id])
    return AccountUsage.objects.get(user=record.patient.user)


def make_group() -> Group:
    return Group.objects.create(name=f"group {Group.objects.count()}")


MAKERS: dict[type[Model], Callable[[], Any]] = {
    User: UserFactory,
    LoginSession: make_session,
    Group: make_group,
    PatientProfile: PatientFactory,
    DoctorProfile: lambda: DoctorFactory(verified=True),
    CareGrant: CareGrantFactory,
    DoctorVerification: DoctorVerificationFactory,
    EmergencyAccess: EmergencyAccessFactory,
    HealthRecord: HealthRecordFactory,
    DoctorComment: DoctorCommentFactory,
    AccountUsage: make_usage,
    Notification: NotificationFactory,
    AccessEntry: make_line,
    LedgerSeal: make_seal,
    OutboxEvent: OutboxEventFactory,
    Erasure: ErasureFactory,
}
ADDED_HERE = {User, Group, CareGrant}
CHANGED_HERE = {User, Group, DoctorProfile}
DELETED_HERE = {Group}


def for_each(models: set[type[Model]]) -> pytest.MarkDecorator:
    in_order = sorted(models, key=lambda model: model.__name__)
    return pytest.mark.parametrize("model", in_order, ids=lambda model: model.__name__)


ALL = set(MAKERS)


def page(model: type[Model], name: str, *args: Any) -> str:
    options = model._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_{name}", args=args)


def test_every_model_of_the_site_is_in_this_file():
    assert set(admin.site._registry) == set(MAKERS)


@for_each(ALL)
def test_superusers_open_every_page(model, rita, browser):
    row, client = MAKERS[model](), browser(rita)

    assert client.get(page(model, "changelist")).status_code == 200
    assert client.get(page(model, "changelist"), {"q": "a b"}).status_code == 200
    assert client.get(page(model, "change", row.pk)).status_code == 200
    assert client.get(page(model, "history", row.pk)).status_code == 200
    added = client.get(page(model, "add")).status_code
    assert added == (200 if model in ADDED_HERE else 403)
    deleted = client.get(page(model, "delete", row.pk)).status_code
    assert deleted == (200 if model in DELETED_HERE else 403)


@for_each(ALL)
def test_staff_without_permissions_open_none(model, nina, browser):
    row, client = MAKERS[model](), browser(nina)

    paths = [
        page(model, "changelist"),
        page(model, "add"),
        *(page(model, name, row.pk) for name in ("change", "history", "delete")),
    ]
    assert [client.get(path).status_code for path in paths] == [403] * 5
    assert client.get("/admin/").status_code == 200


@for_each(ALL - CHANGED_HERE)
def test_what_is_only_shown_is_not_saved(model, rita, browser):
    row, client = MAKERS[model](), browser(rita)
    before = type(row)._default_manager.filter(pk=row.pk).values().get()

    response = client.post(page(model, "change", row.pk), {"reason": "x", "title": "x"})

    assert response.status_code == 403
    assert type(row)._default_manager.filter(pk=row.pk).values().get() == before


@for_each(ALL - DELETED_HERE)
def test_no_action_deletes(model, rita, browser):
    row, client = MAKERS[model](), browser(rita)
    body = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}

    client.post(page(model, "changelist"), body)

    assert type(row)._default_manager.filter(pk=row.pk).exists()


@for_each(ALL)
def test_a_list_of_many_takes_no_more_queries_than_a_list_of_few(model, rita, browser):
    client = browser(rita)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(page(model, "changelist")).status_code == 200
        return len(captured)

    for _ in range(2):
        MAKERS[model]()
    queries()  # the first page of a session notes the session as well
    few = queries()
    for _ in range(8):
        MAKERS[model]()

    assert queries() == few


def test_every_filter_can_be_chosen(rita, browser):
    client = browser(rita)
    paths = [
        "/admin/core/outboxevent/?delivered=no",
        "/admin/core/outboxevent/?delivered=failed",
        "/admin/core/outboxevent/?delivered=yes",
        "/admin/accounts/loginsession/?state=GOES_ON",
        "/admin/accounts/user/?user_type__exact=DOCTOR",
        "/admin/care/doctorprofile/?state=RUN_OUT",
        "/admin/care/caregrant/?state=ACTIVE&is_primary__exact=1",
        "/admin/care/doctorverification/?state=PENDING",
        "/admin/care/emergencyaccess/?reviewed_at__isempty=1",
        "/admin/care/emergencyaccess/?verdict__exact=JUSTIFIED&reason_code__exact=OTHER",
        "/admin/health_records/healthrecord/?record_type__exact=CHECKUP",
        "/admin/audit/accessentry/?outcome__exact=REFUSED&basis__exact=OWN",
        "/admin/notifications/notification/?is_read__exact=1",
        "/admin/erasure/erasure/?state=WAITING",
    ]

    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(
        paths, 200
    )


def test_the_ledger_is_searched_by_whole_ids(rita, browser):
    line, other = make_line(), make_line()
    client = browser(rita)

    found = client.get("/admin/audit/accessentry/", {"q": str(line.patient_id)})

    assert str(line.pk) in found.content.decode()
    assert str(other.pk) not in found.content.decode()
    assert client.get("/admin/audit/accessentry/", {"q": "no id"}).status_code == 200


def test_staff_search_for_two_hundred_characters_and_what_follows_is_left_out(
    rita, browser, alice
):
    client, page = browser(rita), "/admin/accounts/user/"

    for words, is_found in (
        (f"alice{' ' * 195}nobody", True),
        (f"alice{' ' * 194}nobody", False),
    ):
        listed = client.get(page, {"q": words}).content.decode()
        assert (str(alice.user_id) in listed) is is_found
    long = client.get(page, {"q": "a " * 2_000})
    assert long.status_code == 200


def test_the_ledger_is_read_in_sentences(rita, browser):
    line = make_line()
    unknown = AccessEntryFactory(action="care.thing_of_tomorrow")
    client = browser(rita)

    listed = client.get(page(AccessEntry, "changelist")).content.decode()
    shown = client.get(page(AccessEntry, "change", line.pk)).content.decode()

    assert "Changed their profile" in listed
    assert unknown.action in listed
    assert "Changed their profile" in shown
    assert line.action in shown
