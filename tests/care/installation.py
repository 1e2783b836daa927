"""The real server, spoken to with the names and numbers of model_of_access.py."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from rest_framework.test import APIClient

from phr.accounts.models import LoginSession, User
from phr.care.models import DoctorProfile, PatientProfile
from tests.cast import RIGHTS_OF_SAM, with_permissions
from tests.conftest import sign_in
from tests.factories import DoctorFactory, PatientFactory, StaffFactory

PATIENTS = ("alice", "carol")
DOCTORS = ("dr_bob", "dr_dan", "dr_eve")
GRANTS = "/api/care/grants/"
RECORDS = "/api/health-records/"
IN_EVERY_RECORD = "consultation"
SMALL = 3  # records on a page, so that there is more than one


class Installation:
    """Two patients, three doctors and a member of staff, all signed in."""

    def __init__(self) -> None:
        patients: dict[str, PatientProfile] = {
            name: PatientFactory(user__username=name) for name in PATIENTS
        }
        doctors: dict[str, DoctorProfile] = {
            name: DoctorFactory(user__username=name) for name in DOCTORS
        }
        users: dict[str, User] = {
            "sam": with_permissions(StaffFactory(username="sam"), *RIGHTS_OF_SAM),
            **{name: profile.user for name, profile in patients.items()},
            **{name: profile.user for name, profile in doctors.items()},
        }
        self.ids = {name: str(p.pk) for name, p in (patients | doctors).items()}
        self.names = {profile_id: name for name, profile_id in self.ids.items()}
        self.clients = {name: signed_in(user) for name, user in users.items()}
        # Their proof of who they are holds however long the examples take.
        LoginSession.objects.update(proved_at=timezone.now() + timedelta(days=36_500))
        self.forget()

    def forget(self) -> None:
        """Begin again: the records and grants of an example were taken back."""
        self.record_ids: list[str] = []
        self.grant_ids: list[str] = []

    def send(self, who: str, method: str, url: str, body: Any = None) -> Any:
        return getattr(self.clients[who], method)(url, body)

    def grant_url(self, number: int, verb: str = "") -> str:
        return f"{GRANTS}{self.grant_ids[number]}/" + (f"{verb}/" if verb else "")

    def record_url(self, number: int) -> str:
        return f"{RECORDS}{self.record_ids[number]}/"

    def verifying_url(self, doctor: str) -> str:
        return f"/api/staff/doctors/{self.ids[doctor]}/verify/"

    # What the server says

    def answer(self, who: str, url: str, body: Any = None) -> Any:
        answer = self.send(who, "get" if body is None else "post", url, body)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def pages(self, who: str, url: str, body: Any = None) -> Iterator[Any]:
        while url:
            page = self.answer(who, url, body)
            yield page
            url = page["next"]

    def records_on(self, who: str, url: str, body: Any = None) -> set[int]:
        """The numbers of the records on all pages, each of which is there once."""
        pages = list(self.pages(who, url, body))
        rows = [row for page in pages for row in page["results"]]
        shown = {self.record_ids.index(row["id"]) for row in rows}
        assert len(shown) == len(rows)
        assert all(page.get("visible", len(rows)) == len(rows) for page in pages)
        return shown

    def listed(self, doctor: str) -> set[int]:
        return self.records_on(doctor, f"{RECORDS}?page_size={SMALL}")

    def found(self, doctor: str, words: str) -> set[int]:
        return self.records_on(doctor, f"{RECORDS}?search={words}&page_size={SMALL}")

    def opened(self, doctor: str) -> set[int]:
        numbers = range(len(self.record_ids))
        statuses = {
            number: self.send(doctor, "get", self.record_url(number)).status_code
            for number in numbers
        }
        assert set(statuses.values()) <= {200, 404}
        return {number for number in numbers if statuses[number] == 200}

    def counted(self, doctor: str) -> dict[str, tuple[int, datetime | None]]:
        """For each of the doctor's patients how many records, and the last visit."""
        rows = [
            row
            for page in self.pages(doctor, f"{RECORDS}my-patients/")
            for row in page["results"]
        ]
        return {
            self.names[row["id"]]: (row["total_records"], moment(row["last_visit"]))
            for row in rows
        }

    def previewed(self, patient: str, number: int) -> set[int]:
        url = self.grant_url(number, "preview")
        return self.records_on(patient, f"{url}?page_size={SMALL}")

    def previewed_terms(self, patient: str, body: Any) -> set[int]:
        return self.records_on(patient, f"{GRANTS}preview/?page_size={SMALL}", body)

    def explained(self, who: str, doctor: str, number: int) -> bool:
        ids = f"doctor={self.ids[doctor]}&record={self.record_ids[number]}"
        seen: bool = self.answer(who, f"/api/care/explain/?{ids}")["can_see"]
        return seen

    def grants_of(self, patient: str) -> dict[str, dict[str, Any]]:
        pages = self.pages(patient, f"{GRANTS}?page_size=100")
        return {row["id"]: row for page in pages for row in page["results"]}

    def learn_new_grants(self) -> None:
        """Number the grants that were made since, in the order of their making."""
        known = set(self.grant_ids)
        for patient in PATIENTS:
            self.grant_ids += sorted(self.grants_of(patient).keys() - known)


def signed_in(user: User) -> APIClient:
    client = APIClient()
    sign_in(client, user)
    return client


def word(number: int) -> str:
    """What stands in one record only."""
    return f"no{number:02}"


def as_json(terms: dict[str, Any]) -> dict[str, Any]:
    """The terms of a grant as they are sent, and answered."""
    return {name: text_of(value) for name, value in terms.items()}


def text_of(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None
