"""Doctors and staff leave, and what they did stays with the patients."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from phr.accounts.models import Mail, User
from phr.audit.models import AccessEntry
from phr.care import grants
from phr.care.end_reasons import ACCOUNT_CLOSED
from phr.care.models import CareGrant, DoctorProfile
from phr.erasure import deactivation, tasks
from phr.notifications.models import Notification
from tests.audit.ledgers import found, seal
from tests.conftest import user_of
from tests.erasure.conftest import RECEIPTS
from tests.factories import PASSWORD, CareGrantFactory, DoctorCommentFactory
from tests.problem_answers import problem_of

RECORDS = "/api/health-records/"


def add_ways_in(user):
    EmailAddress.objects.create(user=user, email=user.email)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    store = SessionStore()
    store.create()
    UserSession.objects.create(
        user=user, session_key=store.session_key, ip="192.0.2.1", user_agent="Browser"
    )


@pytest.mark.parametrize("who", ["dr_bob", "sam"])
def test_the_account_is_closed_and_nobody_signs_in(request, api, leave, who):
    user = user_of(request.getfixturevalue(who))
    add_ways_in(user)
    User.objects.filter(pk=user.pk).update(language="de", time_zone="Asia/Tokyo")
    client = api(who)

    erasure = leave(user)

    assert client.get("/api/auth/profile/").status_code == 401
    body = {"username": user.username, "password": PASSWORD}
    problem_of(api("nobody").post("/api/auth/login/", body), 401, "invalid_credentials")
    user.refresh_from_db()
    assert not user.is_active
    assert (user.email, user.phone_number, user.date_of_birth) == ("", "", None)
    assert (user.language, user.time_zone) == ("", "")
    assert not user.has_usable_password()
    assert user.get_full_name()
    for model in (EmailAddress, Authenticator, UserSession, Session):
        assert not model.objects.exists()
    receipt = api("nobody").get(f"{RECEIPTS}{erasure.pk}/").json()
    assert (
        receipt["counts"].items()
        >= {
            "email_addresses": 1,
            "second_factors": 1,
            "sessions": 1,
        }.items()
    )


def test_what_a_doctor_wrote_stays_with_the_patient_under_their_name(
    api, alice, alices_record, dr_bob, leave
):
    comment = DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)

    leave(dr_bob)

    comments = f"{RECORDS}{alices_record.pk}/comments/"
    (shown,) = api("alice").get(comments).json()["results"]
    assert (shown["id"], shown["comment"]) == (str(comment.pk), comment.comment)
    assert shown["doctor"]["user"]["last_name"] == "Stone"
    assert DoctorProfile.objects.filter(pk=dr_bob.pk).exists()


def test_a_doctors_grants_end_and_each_patient_is_told(
    api, alice, carol, dr_bob, bobs_grant, leave, deliver
):
    carols = CareGrantFactory(patient=carol, doctor=dr_bob)

    erasure = leave(dr_bob)
    deliver()

    for patient, grant in ((alice, bobs_grant), (carol, carols)):
        grant.refresh_from_db()
        assert (grant.status, grant.ended_by) == ("ENDED", dr_bob.user)
        assert grant.end_reason == ACCOUNT_CLOSED
        told = Notification.objects.get(recipient=patient.user)
        assert told.message.startswith("Dr. Bob Stone can no longer read")
    assert not Notification.objects.filter(recipient=dr_bob.user).exists()
    assert erasure.counts["grants_ended"] == 2
    ended = AccessEntry.objects.filter(action="care.grant_ended")
    assert set(ended.values_list("patient_id", flat=True)) == {alice.pk, carol.pk}


def test_grants_that_are_closed_already_stay_as_they_are(
    alice, dr_eve, dr_gil, leave, deliver
):
    before = {grant.pk: grant.updated_at for grant in CareGrant.objects.all()}

    leave(dr_eve)
    leave(dr_gil)
    deliver()

    assert {grant.pk: grant.updated_at for grant in CareGrant.objects.all()} == before
    assert not Notification.objects.filter(recipient=alice.user).exists()


def test_many_grants_end_in_batches(monkeypatch, dr_dan, leave):
    monkeypatch.setattr(deactivation, "GRANTS_AT_ONCE", 2)
    CareGrantFactory.create_batch(5, doctor=dr_dan)

    erasure = leave(dr_dan)

    assert erasure.counts["grants_ended"] == 5
    assert not CareGrant.objects.filter(status="ACTIVE").exists()


def test_a_grant_that_the_patient_ends_first_is_theirs(
    monkeypatch, alice, dr_bob, bobs_grant, leave
):
    end = grants.end_grant

    def be_late(*, actor, **options):
        end(actor=alice.user, **options | {"reason": "Mine"})
        return end(actor=actor, **options)

    monkeypatch.setattr(deactivation, "end_grant", be_late)

    leave(dr_bob)

    bobs_grant.refresh_from_db()
    assert (bobs_grant.ended_by, bobs_grant.end_reason) == (alice.user, "Mine")


def test_the_ledger_keeps_the_name_of_a_doctor_who_has_left(
    api, alice, alices_record, dr_bob, leave
):
    api("dr_bob").get(f"{RECORDS}{alices_record.pk}/")
    seal()

    leave(dr_bob)
    tasks.erase_due_accounts()  # which looks for lines that came too late

    assert found() is None
    log = api("alice").get("/api/access-log/").json()["results"]
    opened = [one for one in log if one["action"] == "health_records.record_opened"]
    assert opened[0]["actor"]["name"] == "Bob Stone"


def test_the_mail_about_it_goes_to_the_address_the_account_had(dr_bob, leave):
    address = dr_bob.user.email
    EmailAddress.objects.create(user=dr_bob.user, email=address, verified=True)

    erasure = leave(dr_bob)

    mail = Mail.objects.get()
    assert (mail.user, mail.address, mail.about_id) == (None, address, erasure.pk)


@pytest.mark.parametrize("email", ["", "sam@example.org"])
def test_without_a_confirmed_address_there_is_no_mail(sam, leave, email):
    sam.email = email
    sam.save()

    leave(sam)

    assert not Mail.objects.exists()


def test_who_has_left_is_no_longer_in_the_directory(api, alice, dr_bob, leave):
    leave(dr_bob)

    found_doctors = api("alice").get("/api/auth/doctors/").json()["results"]
    assert str(dr_bob.pk) not in {one["id"] for one in found_doctors}
