"""What staff can do: the one right of each action, and the action in either face.

docs/access-matrix.md is written from this, too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

Act = Callable[[Any, dict[str, Any]], Any]  # of a client and the scene


@dataclass(frozen=True)
class StaffAction:
    """One action.

    :param right: of `phr.accounts.rights`.
    :param api: what it is through the API; None if it is of the admin site alone.
    :param admin: what it is in the admin site; None if it is of the API alone.
    :param beside: what else its page in the admin site asks for.
    """

    name: str
    right: str
    api: Act | None = None
    admin: Act | None = None
    beside: tuple[str, ...] = ()


def get(path: str) -> Act:
    return lambda client, scene: client.get(path.format_map(scene))


def decide(client: Any, scene: dict[str, Any]) -> Any:
    until = (timezone.now() + timedelta(days=90)).isoformat()
    body = {"decision": "VERIFY", "valid_until": until}
    return client.post(f"/api/staff/doctors/{scene['doctor']}/verify/", body)


def decide_in_browser(client: Any, scene: dict[str, Any]) -> Any:
    page = f"/admin/care/doctorprofile/{scene['doctor']}/decide/"
    shown = client.get(page)
    if shown.status_code != 200:
        return client.post(page, {"decision": "VERIFY", "valid_until": "2030-01-01"})
    form = shown.context["form"]
    body = {name: form[name].value() or "" for name in form.fields}
    return client.post(page, body | {"decision": "VERIFY"})


def assign(client: Any, scene: dict[str, Any]) -> Any:
    body = {"patient_id": str(scene["patient"]), "doctor_id": str(scene["verified"])}
    return client.post("/api/auth/assign-doctor/", body)


def assign_in_browser(client: Any, scene: dict[str, Any]) -> Any:
    body = {"patient": scene["patient"], "doctor": scene["verified"]}
    return client.post("/admin/care/caregrant/add/", body)


def end(client: Any, scene: dict[str, Any]) -> Any:
    return client.post(f"/api/care/grants/{scene['grant']}/end/", {})


def chosen(model: str, action: str, what: str) -> Act:
    """An action of a list, of one of its rows."""

    def choose(client: Any, scene: dict[str, Any]) -> Any:
        body = {"action": action, "_selected_action": [scene[what]]}
        return client.post(f"/admin/{model}/", body)

    return choose


def review(client: Any, scene: dict[str, Any]) -> Any:
    page = f"/admin/care/emergencyaccess/{scene['emergency']}/review/"
    return client.post(page, {"verdict": "JUSTIFIED"})


def say_of_person(name: str, value: str) -> Act:
    """A person's page, sent as it is but for one field."""

    def change(client: Any, scene: dict[str, Any]) -> Any:
        person = get_user_model().objects.get(pk=scene["user"])
        body = {
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": person.email,
            "is_active": "on",
        }
        page = f"/admin/accounts/user/{scene['user']}/change/"
        return client.post(page, body | {name: value})

    return change


STAFF_ACTIONS = [
    StaffAction(
        "verify or refuse a doctor",
        "care.change_doctorprofile",
        decide,
        decide_in_browser,
    ),
    StaffAction(
        "assign a doctor to a patient", "care.add_caregrant", assign, assign_in_browser
    ),
    StaffAction(
        "end a grant",
        "care.change_caregrant",
        end,
        chosen("care/caregrant", "end", "grant"),
    ),
    StaffAction(
        "read a grant",
        "care.view_caregrant",
        get("/api/care/grants/{grant}/"),
        get("/admin/care/caregrant/{grant}/change/"),
    ),
    StaffAction(
        "read the licences that were handed in",
        "care.view_doctorverification",
        get("/api/staff/verifications/"),
        get("/admin/care/doctorverification/"),
    ),
    StaffAction(
        "review an emergency access", "care.change_emergencyaccess", None, review
    ),
    StaffAction(
        "end somebody's sign-ins",
        "accounts.change_loginsession",
        None,
        chosen("accounts/loginsession", "end", "session"),
        beside=("accounts.view_loginsession",),
    ),
    StaffAction(
        "change a person's account",
        "accounts.change_user",
        None,
        say_of_person("phone_number", "+31201234567"),
    ),
    StaffAction(
        "change a person's e-mail address",
        "accounts.change_address",
        None,
        say_of_person("email", "moved@example.org"),
        beside=("accounts.change_user",),
    ),
    StaffAction(
        "change a person's date of birth",
        "accounts.change_birth_date",
        None,
        say_of_person("date_of_birth", "1990-01-01"),
        beside=("accounts.change_user",),
    ),
]
