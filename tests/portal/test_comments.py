"""What doctors say about a record, in the portal."""

import pytest

from phr.audit.models import AccessEntry
from phr.health_records.models import DoctorComment
from tests.access.browsers import browser_of
from tests.factories import DoctorCommentFactory
from tests.rows import nothing_written


def comments_of(record):
    return f"/records/{record.pk}/comments/"


def comment(client, record, text, **more):
    return client.post(comments_of(record), {"comment": text, **more})


def test_a_doctor_comments_and_the_patient_reads_it(alices_record, alice, dr_bob):
    response = comment(browser_of(dr_bob.user), alices_record, "Rest the knee.")

    assert response.headers["Location"] == f"/records/{alices_record.pk}/"
    page = browser_of(alice.user).get(response.headers["Location"]).content.decode()
    assert "Rest the knee." in page
    assert "Bob Stone" in page


def test_what_is_only_for_doctors_is_marked_and_no_patient_reads_it(
    alices_record, alice, dr_bob
):
    doctor = browser_of(dr_bob.user)
    comment(doctor, alices_record, "Ask about falls.", is_private="on")
    record = f"/records/{alices_record.pk}/"

    assert "Hidden from the patient" in doctor.get(record).content.decode()
    assert "Ask about falls." not in browser_of(alice.user).get(record).content.decode()


def test_the_author_changes_and_deletes_a_comment(alices_record, dr_bob):
    doctor = browser_of(dr_bob.user)
    said = DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)
    page = f"{comments_of(alices_record)}{said.pk}/"
    assert said.comment in doctor.get(page).content.decode()

    doctor.post(page, {"comment": "Better said."})
    said.refresh_from_db()
    assert (said.comment, said.version) == ("Better said.", 2)

    assert "Better said." in doctor.get(f"{page}delete/").content.decode()
    doctor.post(f"{page}delete/")
    assert not DoctorComment.objects.exists()


def test_only_the_author_is_offered_to_change_a_comment(alices_record, dr_bob, dr_jo):
    DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)
    record = f"/records/{alices_record.pk}/"

    assert "delete/" in browser_of(dr_bob.user).get(record).content.decode()
    assert "delete/" not in browser_of(dr_jo.user).get(record).content.decode()


@pytest.mark.parametrize("text", ["", "   ", "x" * 10_001])
def test_what_is_no_comment_comes_back_with_what_is_wrong(alices_record, dr_bob, text):
    doctor = browser_of(dr_bob.user)

    with nothing_written():
        response = comment(doctor, alices_record, text)

    assert response.status_code == 400
    assert 'class="error"' in response.content.decode()
    assert text.strip()[:100] in response.content.decode()


def test_a_comment_where_one_sees_nothing_is_entered_as_refused(
    alices_record, alice, dr_eve
):
    response = comment(browser_of(dr_eve.user), alices_record, "I was here.")

    assert response.status_code == 404
    line = AccessEntry.objects.get(outcome="REFUSED")
    assert (line.action, line.patient_id, line.face) == (
        "health_records.comment_added",
        alice.pk,
        "portal",
    )
