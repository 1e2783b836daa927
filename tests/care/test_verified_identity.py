"""What staff have verified of a doctor changes with them only."""

import pytest
from django.utils import timezone

from phr.accounts.models import User
from phr.audit.models import AccessEntry
from phr.care.choices import VerificationStatus
from phr.care.models import DoctorVerification
from phr.care.profiles import VerifiedIdentity, change_profile
from phr.care.verification import correct_doctor, verify_doctor
from phr.core.errors import NotAllowed
from tests.at_once import all_at_once
from tests.care.licenses import LICENSE, OWN, STAFF, YEAR, decide, in_a_year, verify
from tests.factories import DoctorFactory, DoctorVerificationFactory
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

PROFILE = "/api/auth/profile/"
OTHER_NAMES = [
    ("user.first_name", {"user": {"first_name": "Eve"}}),
    ("user.last_name", {"user": {"last_name": "Lind"}}),
    ("specialization", {"specialization": "Neurosurgery"}),
    ("license_number", {"license_number": "MED-7"}),
]


@pytest.mark.parametrize(("field", "body"), OTHER_NAMES)
def test_a_verified_doctor_takes_no_other_name(api, dr_bob, field, body):
    client = api("dr_bob")

    with nothing_written():
        answer = client.patch(PROFILE, body)

    problem = problem_of(answer, 409, "verified_identity")
    assert [fault["field"] for fault in problem["errors"]] == [field]


@pytest.mark.parametrize(("field", "body"), OTHER_NAMES)
def test_not_by_replacing_the_profile_either(api, dr_bob, field, body):
    user = dr_bob.user
    person = {
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
    }
    whole = body | {"user": person | body.get("user", {})}
    client = api("dr_bob")

    with nothing_written():
        problem_of(client.put(PROFILE, whole), 409, "verified_identity")

    assert client.put(PROFILE, {"user": person}).status_code == 200


@pytest.mark.parametrize(("field", "body"), OTHER_NAMES)
def test_a_verification_that_has_run_out_frees_no_name(api, dr_bob, field, body):
    dr_bob.verified_until = timezone.now() - YEAR
    dr_bob.save()
    client = api("dr_bob")

    with nothing_written():
        problem_of(client.patch(PROFILE, body), 409, "verified_identity")


@pytest.mark.parametrize(("field", "body"), OTHER_NAMES)
def test_who_is_not_verified_or_not_any_more_names_themself(
    api, sam, dr_bob, dr_dan, field, body
):
    assert decide(api("sam"), dr_bob, decision="REFUSE", reason="Struck off.")

    for who in ("dr_dan", "dr_bob"):
        answer = api(who).patch(PROFILE, body)
        assert answer.status_code == 200
        assert answer.json()["is_verified"] is False


def test_what_nobody_has_verified_changes_as_ever(api, dr_bob):
    values = {"years_of_experience": 30, "user": {"phone_number": "+31201234567"}}

    answer = api("dr_bob").patch(PROFILE, values)

    assert answer.status_code == 200
    assert answer.json()["is_verified"] is True


def test_another_name_is_handed_in_and_shown_when_staff_have_verified_it(
    api, alice, dr_bob, sam
):
    client = api("dr_bob")
    wanted = {"last_name": "Stone-Flint", "specialization": "Surgery"}

    assert client.post(OWN, LICENSE | wanted).status_code == 201
    assert name_in_directory(api) == ("Bob", "Stone", "Cardiology")
    (waiting,) = api("sam").get(STAFF).json()["results"]
    assert waiting["last_name"] == "Stone-Flint"
    assert waiting["doctor"]["user"]["last_name"] == "Stone"
    verify(api("sam"), dr_bob)

    assert name_in_directory(api) == ("Bob", "Stone-Flint", "Surgery")
    (grant,) = api("alice").get("/api/care/grants/").json()["results"]
    assert grant["doctor"]["user"]["last_name"] == "Stone-Flint"
    found = api("alice").get("/api/auth/doctors/?search=flint").json()
    assert len(found["results"]) == 1


def name_in_directory(api):
    (row,) = api("alice").get("/api/auth/doctors/").json()["results"]
    return row["user"]["first_name"], row["user"]["last_name"], row["specialization"]


def test_a_doctor_hands_in_that_they_have_one_name(api, alice, dr_bob, sam):
    """The name that was given up does not come back from what was known before."""
    client = api("dr_bob")

    assert client.post(OWN, LICENSE | {"first_name": ""}).status_code == 201
    (waiting,) = api("sam").get(STAFF).json()["results"]
    shown = {name: waiting[name] for name in ("first_name", "last_name")}
    assert shown == {"first_name": "", "last_name": "Stone"}
    assert verify(api("sam"), dr_bob, **shown).status_code == 200

    assert name_in_directory(api) == ("", "Stone", "Cardiology")
    latest = client.get(OWN).json()["latest"]
    assert {name: latest[name] for name in shown} == shown


def test_a_doctor_without_any_name_is_not_handed_in(api, dr_bob, dr_dan):
    for who, names in (
        ("dr_bob", {"first_name": "", "last_name": " "}),
        ("dr_dan", {"last_name": "", "first_name": ""}),
    ):
        client = api(who)
        with nothing_written():
            answer = client.post(OWN, LICENSE | names)

        assert faults_of(answer) == {("first_name", "blank")}


def test_another_name_that_staff_refuse_is_not_taken_on(api, dr_bob, sam):
    api("dr_bob").post(OWN, LICENSE | {"last_name": "Lind"})

    decide(api("sam"), dr_bob, decision="REFUSE", reason="That is somebody else.")

    assert name_in_directory(api) == ("Bob", "Stone", "Cardiology")
    assert api("dr_bob").get(PROFILE).json()["is_verified"] is True


def test_the_decision_keeps_what_was_verified(api, dr_dan, sam):
    api("dr_dan").post(OWN, LICENSE)
    verify(api("sam"), dr_dan)

    kept = DoctorVerification.objects.get(status=VerificationStatus.VERIFIED)
    assert (kept.first_name, kept.last_name) == ("Dan", "Okoro")
    assert (kept.specialization, kept.license_number) == ("Cardiology", "MED-7")
    assert kept.authority == LICENSE["authority"]
    latest = api("dr_dan").get(OWN).json()["latest"]
    assert latest["last_name"] == "Okoro"


def test_what_was_handed_in_is_verified_and_not_what_was_renamed_since(
    api, dr_dan, sam
):
    client = api("dr_dan")
    client.post(OWN, LICENSE)
    client.patch(PROFILE, {"user": {"first_name": "Eve", "last_name": "Lind"}})

    verify(api("sam"), dr_dan)

    assert name_in_directory(api)[:2] == ("Dan", "Okoro")


@pytest.mark.parametrize(
    "looked_at",
    [
        {"last_name": "Okoro"},
        {"specialization": "Cardiology"},
        {"authority": "Medical Board"},
    ],
)
def test_what_was_handed_in_since_staff_looked_is_not_decided(
    api, dr_dan, sam, looked_at
):
    changed = {"last_name": "Lind", "specialization": "Surgery", "authority": "Other"}
    DoctorVerificationFactory(doctor=dr_dan)
    api("dr_dan").post(OWN, LICENSE | changed)
    staff = api("sam")

    with nothing_written():
        answer = decide(
            staff, dr_dan, decision="VERIFY", valid_until=in_a_year(), **looked_at
        )

    problem_of(answer, 409, "license_changed")


@pytest.mark.django_db(transaction=True)
def test_of_a_new_name_and_a_verification_at_once_the_verified_name_stays(sam):
    """Whoever is first: nobody is verified by a name that was not handed in."""
    for _ in range(5):
        doctor = DoctorFactory(user__last_name="Okoro")
        DoctorVerificationFactory(
            doctor=doctor, first_name=doctor.user.first_name, last_name="Okoro"
        )

        def rename(user=doctor.user):
            try:
                change_profile(
                    actor=user, person={"last_name": "Lind"}, profile={}, proved=True
                )
            except VerifiedIdentity:
                return "refused"
            return "renamed"

        def decide_now(doctor_id=doctor.pk):
            now = timezone.now()
            verify_doctor(
                actor=sam, doctor_id=doctor_id, at=now, valid_until=now + YEAR
            )
            return "verified"

        answers = all_at_once([rename, decide_now])

        assert "verified" in answers
        doctor.refresh_from_db()
        assert doctor.is_verified
        assert User.objects.get(pk=doctor.user_id).last_name == "Okoro"


def test_staff_who_verify_correct_a_name_and_that_is_kept(dr_bob, sam):
    dr_bob.verified_until = timezone.now() + YEAR
    dr_bob.save()

    correct_doctor(
        actor=sam,
        doctor_id=dr_bob.pk,
        values={"last_name": "Flint"},
        at=timezone.now(),
    )

    kept = DoctorVerification.objects.get(doctor=dr_bob)
    assert (kept.last_name, kept.decided_by) == ("Flint", sam)
    assert AccessEntry.objects.filter(action="care.doctor_corrected").exists()


def test_nobody_else_corrects_a_doctor(dr_bob, nina):
    for actor in (dr_bob.user, nina):
        with nothing_written(), pytest.raises(NotAllowed):
            correct_doctor(
                actor=actor,
                doctor_id=dr_bob.pk,
                values={"last_name": "Flint"},
                at=timezone.now(),
            )


def test_a_number_of_a_verified_doctor_is_not_handed_in_for_a_renewal(
    dr_bob, dr_eve, api
):
    client = api("dr_bob")

    with nothing_written():
        answer = client.post(OWN, LICENSE | {"license_number": dr_eve.license_number})

    assert answer.status_code == 400
