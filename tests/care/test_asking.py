"""A doctor asks a patient for access."""

from phr.audit.models import AccessEntry, Outcome
from phr.notifications.models import Notification
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

GRANTS = "/api/care/grants/"
RECORDS = "/api/health-records/"


def titles_seen_by(client):
    return {row["title"] for row in client.get(RECORDS).json()["results"]}


def test_a_doctor_who_asks_reads_nothing_until_the_patient_accepts(
    api, alice, alices_record, ask, dr_dan
):
    response = ask(alice, reason="You come to my surgery on Monday")

    assert response.status_code == 201
    assert response.json()["status"] == "PENDING"
    assert response.json()["reason"] == "You come to my surgery on Monday"
    assert api("dr_dan").get(f"{RECORDS}{alices_record.pk}/").status_code == 404
    assert titles_seen_by(api("dr_dan")) == set()


def test_who_asks_does_not_learn_the_name_of_whom_they_asked(api, alice, ask, dr_dan):
    answer = ask(alice)

    listed = api("dr_dan").get(GRANTS)
    assert answer.json()["patient"] == {"id": str(alice.pk), "user": None}
    assert "Moreau" not in answer.content.decode() + listed.content.decode()


def test_the_patient_is_asked(alice, ask, dr_dan, deliver):
    ask(alice)
    deliver()

    told = Notification.objects.get()
    assert (told.recipient, told.notification_type) == (alice.user, "CARE_REQUESTED")


def test_a_doctor_cannot_say_how_far_the_grant_goes(alice, ask, dr_dan):
    with nothing_written():
        assert faults_of(ask(alice, record_types=[])) == {
            ("record_types", "unknown_field")
        }


def test_asking_somebody_whom_there_is_not_is_a_404(carol, ask, dr_dan, dr_eve):
    with nothing_written():
        problem_of(ask(dr_eve), 404, "not_found")


def test_with_consent_only_verified_doctors_ask(alice, ask, dr_dan, settings):
    settings.CARE_CONSENT_REQUIRED = True

    with nothing_written():
        problem_of(ask(alice), 403, "not_verified")


def test_a_refused_request_is_entered_in_the_ledger_of_whom_it_was_about(
    alice, ask, dr_dan, settings
):
    settings.CARE_CONSENT_REQUIRED = True

    problem_of(ask(alice), 403, "not_verified")

    line = AccessEntry.objects.get(outcome=Outcome.REFUSED)
    assert (line.action, line.patient_id) == ("care.access_requested", alice.pk)
    assert line.actor_id == dr_dan.user.pk


def test_a_patient_is_not_asked_without_end(api, alice, ask, dr_dan):
    doctor = api("dr_dan")
    for _ in range(5):
        asked = ask(alice).json()
        doctor.post(f"{GRANTS}{asked['id']}/end/", {})

    with nothing_written():
        refused = problem_of(ask(alice), 429, "too_many_requests")

    assert refused["status"] == 429


def test_a_request_is_no_access_in_the_ledger(alice, ask):
    ask(alice)

    assert AccessEntry.objects.get(action="care.access_requested").basis == "NONE"
