"""The page of a doctor of many patients: what the rule of access says, in order."""

from datetime import timedelta

import pytest
from django.utils import timezone

from phr.care.choices import GrantOrigin, GrantStatus, RecordType
from phr.health_records.models import HealthRecord
from phr.health_records.record_pages import MANY
from tests.cast import make_alice, make_dr_bob
from tests.factories import (
    MONDAY,
    CareGrantFactory,
    HealthRecordFactory,
    PatientFactory,
)
from tests.worlds import kept_for_a_module, member

pytestmark = pytest.mark.django_db
RECORDS = "/api/health-records/"


@pytest.fixture(scope="module", params=[0, MANY], ids=["in steps", "near first"])
def many(request, django_db_setup, django_db_blocker):
    """Forty patients with seven records each, on days that they share.

    Some grants are scoped, some have ended or run out, some are there twice. Some are
    of patients without records: with many, the page is looked for in another way.
    """

    def make():
        dr_bob = make_dr_bob(make_alice())
        for patient in PatientFactory.create_batch(request.param):
            CareGrantFactory(patient=patient, doctor=dr_bob)
        for n in range(40):
            make_patient(n, dr_bob)
        return {"dr_bob": dr_bob}

    with kept_for_a_module(django_db_blocker, make) as world:
        yield world


dr_bob = member("dr_bob", "many")


def make_patient(n, dr_bob):
    patient = PatientFactory()
    for k in range(7):
        HealthRecordFactory(
            patient=patient,
            record_type=RecordType.values[(n + k) % 5],
            visit_date=MONDAY - timedelta(days=(3 * n + 5 * k) % 11),
        )
    CareGrantFactory(patient=patient, doctor=dr_bob, **terms(n))
    if n % 4 == 0:
        CareGrantFactory(
            patient=patient,
            doctor=dr_bob,
            origin=GrantOrigin.EMERGENCY,
            expires_at=timezone.now() + timedelta(hours=1),
        )


def terms(n):
    match n % 8:
        case 1:
            return {"record_types": ["EMERGENCY", "DIAGNOSIS"]}
        case 2:
            return {"records_since": (MONDAY - timedelta(days=3)).date()}
        case 3:
            return {"status": GrantStatus.ENDED, "ended_at": MONDAY}
        case 4:
            return {"starts_at": MONDAY - timedelta(days=9), "expires_at": MONDAY}
        case _:
            return {}


def walk(client, link):
    """The ids of each page on the way to the last, and then of each on the way back."""
    there, back = [], []
    while link:
        body = client.get(link).json()
        there.append([record["id"] for record in body["results"]])
        link = body["next"]
    while body["previous"]:
        body = client.get(body["previous"]).json()
        back.append([record["id"] for record in body["results"]])
    return there, [page for page in back if page]


@pytest.fixture
def expected(many, dr_bob):
    """The ids that the scope shows, newest first, with a filter."""

    def ids(**filters):
        visible = HealthRecord.objects.visible_to(dr_bob.user).filter(**filters)
        in_order = visible.order_by("-visit_date", "-id")
        return [str(pk) for pk in in_order.values_list("pk", flat=True)]

    return ids


@pytest.mark.parametrize("size", [17, 30])
@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ("", {}),
        ("&record_type=DIAGNOSIS", {"record_type": "DIAGNOSIS"}),
        ("&search=blood", {}),
        ("&search=blood&record_type=EMERGENCY", {"record_type": "EMERGENCY"}),
    ],
)
def test_its_pages_are_what_the_scope_shows(api, expected, size, query, filters):
    there, back = walk(api("dr_bob"), f"{RECORDS}?page_size={size}{query}")

    assert [one for page in there for one in page] == expected(**filters)
    assert back == there[-2::-1]


def test_a_page_of_one_goes_through_the_records_of_one_day(api, expected):
    there, _ = walk(api("dr_bob"), f"{RECORDS}?page_size=1&visit_after=2026-02-27")

    assert [one for page in there for one in page] == expected(
        visit_date__gte="2026-02-27T00:00:00Z"
    )
