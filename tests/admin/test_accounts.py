"""Accounts in the admin site: profiles come with them, rights stay where they are."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from phr.accounts.models import LoginSession, User, UserType
from phr.audit.models import AccessEntry, Basis
from phr.care.models import DoctorProfile, PatientProfile
from phr.interfaces.admin_site.person_forms import AddPersonForm, PersonForm
from tests.cast import with_permissions
from tests.factories import StaffFactory

ADD = "/admin/accounts/user/add/"
NEW_PASSWORD = "purple monkey dish 8"
CHANGED = "accounts.account_changed_by_staff"


def new_person(**values):
    return {
        "username": "newcomer",
        "user_type": UserType.PATIENT,
        "first_name": "New",
        "last_name": "Comer",
        "email": "newcomer@example.org",
        "phone_number": "",
        "date_of_birth": "",
        **values,
    }


def change(client, user, **values):
    body = {
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "phone_number": user.phone_number,
        "date_of_birth": user.date_of_birth or "",
        "is_active": "on",
        **({"is_superuser": "on"} if user.is_superuser else {}),
        **values,
    }
    page = reverse("admin:accounts_user_change", args=[user.pk])
    return client.post(
        page, {name: value for name, value in body.items() if value is not None}
    )


@pytest.fixture
def manager(nina):
    """Staff who may do all that standard permissions on users allow."""
    return with_permissions(nina, "view_user", "add_user", "change_user")


def test_a_patient_made_here_has_a_profile(rita, browser):
    assert browser(rita).post(ADD, new_person()).status_code == 302

    patient = PatientProfile.objects.get(user__username="newcomer")
    line = AccessEntry.objects.get(action="care.patient_registered")
    assert (line.actor_id, line.basis) == (rita.pk, Basis.STAFF)
    assert line.patient_id == patient.pk


def test_a_doctor_made_here_is_in_the_directory_and_unverified(rita, browser, api):
    body = new_person(user_type=UserType.DOCTOR)

    assert browser(rita).post(ADD, body).status_code == 302

    doctor = DoctorProfile.objects.get(user__username="newcomer")
    assert not doctor.is_verified
    found = api("rita").get("/api/auth/doctors/?search=comer").json()
    assert [row["id"] for row in found["results"]] == [str(doctor.pk)]


def test_staff_made_here_are_staff(rita, browser):
    body = new_person(user_type=UserType.ADMIN)

    assert browser(rita).post(ADD, body).status_code == 302

    made = User.objects.get(username="newcomer")
    assert made.is_staff
    assert not made.is_superuser


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "ALICE"),
        ("username", "with space"),
        ("email", "no address"),
        ("first_name", "Ann\u202e"),
        ("last_name", "\u3164\u200d"),
        ("user_type", "ROBOT"),
        ("phone_number", "12345"),
        ("date_of_birth", "2999-01-01"),
    ],
)
def test_a_bad_field_is_an_error_of_the_form(field, value, alice, rita, browser):
    response = browser(rita).post(ADD, new_person(**{field: value}))

    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors
    assert set(User.objects.all()) == {alice.user, rita}


def test_only_superusers_make_staff(manager, browser):
    client = browser(manager)

    assert client.post(ADD, new_person(user_type=UserType.ADMIN)).status_code == 200
    assert not User.objects.filter(username="newcomer").exists()
    assert client.post(ADD, new_person()).status_code == 302


def test_rights_cannot_be_given_by_who_is_no_superuser(manager, browser, alice):
    rights = {"is_superuser": "on", "user_permissions": ["1"], "is_staff": "on"}

    response = change(browser(manager), alice.user, first_name="Alicia", **rights)

    assert response.status_code == 302
    alice.user.refresh_from_db()
    assert alice.user.first_name == "Alicia"
    assert not alice.user.is_superuser
    assert not alice.user.is_staff
    assert not alice.user.user_permissions.exists()


@pytest.mark.parametrize("path", ["change", "password"])
def test_other_staff_are_out_of_reach_of_who_is_no_superuser(path, manager, browser):
    other = StaffFactory(username="olga", is_superuser=True)
    client = browser(manager)
    body = {
        "password1": NEW_PASSWORD,
        "password2": NEW_PASSWORD,
        "email": "x@example.org",
    }

    response = client.post(f"/admin/accounts/user/{other.pk}/{path}/", body)

    assert response.status_code == 403
    fresh = User.objects.get(pk=other.pk)
    assert (fresh.password, fresh.email) == (other.password, other.email)


def test_groups_are_the_superusers_alone(nina, browser):
    with_permissions(nina, "add_group", "change_group")

    assert browser(nina).get("/admin/auth/group/add/").status_code == 403


def test_nobody_locks_themself_out(rita, browser):
    response = change(browser(rita), rita, is_active=None)

    assert response.status_code == 200
    assert User.objects.get(pk=rita.pk).is_active


def test_blocking_somebody_ends_their_sessions_and_is_entered(
    manager, browser, alice, api
):
    phone = api("alice")

    assert change(browser(manager), alice.user, is_active=None).status_code == 302

    assert phone.get("/api/auth/profile/").status_code == 401
    assert not LoginSession.objects.filter(user=alice.user, revoked_at=None).exists()
    line = AccessEntry.objects.get(action="accounts.account_changed_by_staff")
    assert (line.actor_id, line.patient_id) == (manager.pk, alice.pk)
    assert line.basis == Basis.STAFF


def test_staff_see_somebodys_language_and_time_zone_and_do_not_choose_them(
    manager, browser, alice
):
    User.objects.filter(pk=alice.user_id).update(
        language="de", time_zone="Pacific/Apia"
    )
    client = browser(manager)
    page = reverse("admin:accounts_user_change", args=[alice.user_id])

    for path in (page, "/admin/accounts/user/?language__exact=de"):
        shown = client.get(path).content.decode()
        assert "Deutsch" in shown
        assert "Pacific/Apia" in shown
    change(client, alice.user, language="en", time_zone="UTC")

    user = User.objects.get(pk=alice.user_id)
    assert (user.language, user.time_zone) == ("de", "Pacific/Apia")


def test_a_doctors_new_name_is_found_in_the_directory(manager, browser, dr_dan, api):
    assert change(browser(manager), dr_dan.user, last_name="Flint").status_code == 302

    found = api("dr_dan").get("/api/auth/doctors/?search=flint").json()
    assert [row["id"] for row in found["results"]] == [str(dr_dan.pk)]


def test_a_password_set_while_staff_save_the_account_stays(
    rita, browser, alice, monkeypatch
):
    def set_password_meanwhile(form: PersonForm) -> None:
        owner = User.objects.get(pk=alice.user_id)
        owner.set_password(NEW_PASSWORD)
        owner.save()

    monkeypatch.setattr(
        PersonForm, "clean_date_of_birth", set_password_meanwhile, raising=False
    )

    response = change(browser(rita), alice.user, first_name="Alicia")

    assert response.status_code == 302
    saved = User.objects.get(pk=alice.user_id)
    assert saved.first_name == "Alicia"
    assert saved.check_password(NEW_PASSWORD)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_make_the_same_account_at_once_one_does(rita, browser):
    clients = [browser(rita), browser(rita)]
    barrier, statuses = Barrier(2), []

    def make(client: Client) -> None:
        try:
            barrier.wait(timeout=10)
            response = client.post(ADD, new_person())
            statuses.append(response.status_code)
        finally:
            connection.close()

    threads = [Thread(target=make, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert len(statuses) == 2
    assert set(statuses) <= {200, 302}  # the form says it, or a message does
    assert PatientProfile.objects.filter(user__username="newcomer").count() == 1


def test_what_a_service_refuses_too_late_for_the_form_is_a_message(
    rita, browser, monkeypatch
):
    """As when the name is taken between the form's look and the table's."""
    client = browser(rita)
    monkeypatch.setattr(User, "validate_constraints", lambda *args, **kwargs: None)
    monkeypatch.setattr(AddPersonForm, "clean_username", lambda form: "rita")

    response = client.post(ADD, new_person(), follow=True)

    assert "This username is taken." in response.content.decode()
    assert list(User.objects.all()) == [rita]


@pytest.mark.parametrize("field", ["first_name", "last_name"])
def test_one_of_two_names_suffices_here_as_well(field, manager, browser, alice):
    client = browser(manager)

    assert client.post(ADD, new_person(**{field: ""})).status_code == 302
    assert change(client, alice.user, **{field: " "}).status_code == 302

    made = User.objects.get(username="newcomer")
    alice.user.refresh_from_db()
    assert getattr(made, field) == getattr(alice.user, field) == ""
    assert str(made) in ("New", "Comer")


def test_nobody_is_left_without_a_name_here(manager, browser, alice):
    client = browser(manager)
    none = {"first_name": "", "last_name": "  "}

    for response in (
        client.post(ADD, new_person(**none)),
        change(client, alice.user, **none),
    ):
        assert response.status_code == 200
        assert "first_name" in response.context["adminform"].form.errors

    assert not User.objects.filter(username="newcomer").exists()
    alice.user.refresh_from_db()
    assert alice.user.get_full_name() == "Alice Moreau"


def test_a_child_born_today_in_tokyo_has_an_account_here(manager, browser):
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)

    born = new_person(date_of_birth=tomorrow.isoformat())

    assert browser(manager).post(ADD, born).status_code == 302
    assert User.objects.get(username="newcomer").date_of_birth == tomorrow


def test_an_account_whose_address_counts_no_more_can_be_blocked(alice, rita, browser):
    """Such as one that was stored before its domain had to be of IDNA 2008."""
    User.objects.filter(pk=alice.user_id).update(email="alice@\N{SNOWMAN}.example")
    alice.user.refresh_from_db()

    assert change(browser(rita), alice.user, is_active=None).status_code == 302

    assert not User.objects.get(pk=alice.user_id).is_active


@pytest.mark.parametrize("whose", ["manager", "dr_bob"])
def test_permissions_that_one_only_sees_are_in_ones_language(
    manager, dr_bob, browser, whose
):
    person = (
        manager if whose == "manager" else with_permissions(dr_bob.user, "view_user")
    )
    page = reverse("admin:accounts_user_change", args=[person.pk])

    text = (
        browser(manager).get(page, headers={"accept-language": "de"}).content.decode()
    )

    assert "Berechtigungen:" in text
    assert "| Darf ansehen" in text
    assert "Can view" not in text
