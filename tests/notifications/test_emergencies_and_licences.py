"""Who is told of emergencies and of doctors' licences, and in which words."""

from datetime import datetime

import pytest
from django.utils import timezone

from phr.care.choices import EmergencyVerdict
from phr.care.emergency_access import review_emergency_access
from phr.care.models import EmergencyAccess
from phr.core import outbox
from phr.core.models import OutboxEvent
from phr.notifications.models import Notification
from tests.care.emergencies import by_id, by_name
from tests.care.licenses import LICENSE, OWN, decide, verify
from tests.cast import with_permissions
from tests.factories import EmergencyAccessFactory, StaffFactory


@pytest.fixture(autouse=True)
def _switched_on(settings):
    settings.EMERGENCY_ACCESS = True


@pytest.fixture
def told(deliver):
    """Deliver what is due: who has been told, with title and words."""

    def of_all():
        deliver()
        rows = Notification.objects.order_by("pk")
        return {
            (row.recipient.username, row.notification_type): f"{row.title}: "
            f"{row.message}"
            for row in rows
        }

    return of_all


@pytest.fixture
def dr_eve(dr_eve, sam):
    """Verified by Sam, who is then the only member of staff."""
    former = dr_eve.verified_by
    dr_eve.verified_by = sam
    dr_eve.save()
    former.delete()
    return dr_eve


def test_the_patient_and_all_active_staff_who_review_hear_of_an_emergency(
    api, told, alice, dr_eve
):
    StaffFactory(username="nina")
    for name, is_active in (("tess", True), ("left", False)):
        reviewer = StaffFactory(username=name, is_active=is_active)
        with_permissions(reviewer, "change_emergencyaccess")

    by_id(api("dr_eve"), alice, reason="Zygomatic fracture")

    said = told()
    assert said.keys() == {
        (name, "EMERGENCY_ACCESS") for name in ("alice", "sam", "tess")
    }
    assert "you can end" in said["alice", "EMERGENCY_ACCESS"].lower()
    assert "Alice" not in said["sam", "EMERGENCY_ACCESS"]
    for words in said.values():
        assert "Dr. Eve Lind" in words
        assert "Zygomatic" not in words


@pytest.mark.parametrize("username", ["alice", "nobody"])
def test_an_attempt_in_vain_is_told_to_nobody(api, told, alice, dr_eve, username):
    assert by_name(api("dr_eve"), username, "1900-01-01").status_code == 404

    assert told() == {}


def test_the_doctor_hears_when_the_patient_ends_the_emergency(api, told, alice, dr_eve):
    grant_id = by_id(api("dr_eve"), alice).json()["id"]
    told()

    api("alice").post(f"/api/care/grants/{grant_id}/end/", {})

    assert ("dr_eve", "CARE_CHANGED") in told()
    assert ("alice", "CARE_CHANGED") not in told()


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (EmergencyVerdict.JUSTIFIED, "Dr. Eve Lind: justified."),
        (EmergencyVerdict.UNJUSTIFIED, "Dr. Eve Lind: not justified."),
    ],
)
def test_both_sides_hear_what_staff_think_of_it(
    told, alice, dr_eve, sam, verdict, words
):
    known = EmergencyAccessFactory(grant__patient=alice, grant__doctor=dr_eve)

    review_emergency_access(
        actor=sam,
        emergency_id=known.pk,
        at=timezone.now(),
        verdict=verdict,
        note="Internal",
    )

    said = told()
    for name in ("alice", "dr_eve"):
        assert words in said[name, "EMERGENCY_ACCESS"]
        assert "Internal" not in said[name, "EMERGENCY_ACCESS"]
    assert ("sam", "EMERGENCY_ACCESS") not in said


def test_staff_hear_of_a_licence_and_the_doctor_does_not(api, told, dr_dan, sam):
    api("dr_dan").post(OWN, LICENSE)

    said = told()
    assert said.keys() == {("sam", "VERIFICATION")}
    assert "Dr. Dan Okoro" in said["sam", "VERIFICATION"]
    assert LICENSE["license_number"] not in said["sam", "VERIFICATION"]


def test_the_doctor_hears_of_being_verified_and_until_when(api, told, dr_dan, sam):
    until = verify(api("sam"), dr_dan).json()["valid_until"]

    said = told()
    assert said.keys() == {("dr_dan", "VERIFICATION")}
    day = datetime.fromisoformat(until)
    assert f"{day:%-d %B %Y}" in said["dr_dan", "VERIFICATION"]


def test_the_doctor_hears_of_a_refusal_and_reads_the_reason_elsewhere(
    api, told, dr_dan, sam
):
    api("dr_dan").post(OWN, LICENSE)
    decide(api("sam"), dr_dan, decision="REFUSE", reason="Struck off")

    said = told()
    assert "not accepted" in said["dr_dan", "VERIFICATION"]
    assert "Struck off" not in said["dr_dan", "VERIFICATION"]


def test_a_second_delivery_tells_nobody_twice(api, told, alice, dr_eve):
    by_id(api("dr_eve"), alice)
    told()
    before = Notification.objects.count()

    OutboxEvent.objects.update(delivered_at=None)
    for event in OutboxEvent.objects.all():
        outbox.deliver([event.pk], now=timezone.now())

    assert Notification.objects.count() == before == 2
    assert EmergencyAccess.objects.count() == 1
