"""The requests that are measured, and by whom they are asked."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlsplit

from django.utils import timezone

from benchmarks.filling.inboxes import has_read_all
from benchmarks.filling.plan import PASSWORD, PATIENTS_WITH_PASSWORD, Plan
from benchmarks.filling.words import COMMON_WORD, RARE_WORDS
from benchmarks.load import Request, ask_json
from benchmarks.users import Asker, Askers
from phr.health_records.models import HealthRecord
from phr.notifications.models import Notification

RECORDS, INBOX = "/api/health-records/", "/api/notifications/"
UNREAD = f"{INBOX}?is_read=false"
MY_PATIENTS = f"{RECORDS}my-patients/"
PATIENTS_PAGE = "patient's page"
PATIENTS_RECORD = "patient's record"
MIX = {"reads": 70, "polls": 20, "writes": 8, "sign-ins": 2}
RECORD = {
    "record_type": "CHECKUP",
    "title": "Yearly check-up",
    "description": "Came for the yearly visit, sleeps and eats well.",
    "treatment": "None is needed.",
    # Before all that the pages of the other questions show.
    "visit_date": "2020-03-02T09:00:00Z",
}


def do_nothing() -> None:
    """What most questions need before a round."""


@dataclass(frozen=True)
class Question:
    """Requests of one kind.

    :param name: as it stands in the tables.
    :param asked_of_peers: whether the peers can answer it, too.
    :param walk: from the request to that for a place far down the list.
    :param once: each request is asked once, for the second does something else.
    :param before: makes the database ready for a round.
    """

    name: str
    requests: Sequence[Request]
    asked_of_peers: bool = False
    once: bool = False
    before: Callable[[], None] = do_nothing
    walk: Callable[[Request, int], Request] | None = None

    def ready(self, port: int) -> "Question":
        """The question with the places that it begins at looked up."""
        if self.walk is None:
            return self
        walked = [self.walk(request, port) for request in self.requests]
        return replace(self, requests=walked, walk=None)


def gets(path: str, askers: Sequence[Asker]) -> list[Request]:
    return [Request("GET", path, asker.token, asker.address) for asker in askers]


def all_questions(plan: Plan, askers: Askers) -> list[Question]:
    return [
        Question("nothing but an answer", [Request("GET", "/health/")]),
        *questions_of_patients(askers),
        *questions_of_doctors(askers),
        *questions_of_inboxes(askers),
        *writes(plan, askers),
    ]


def questions_of_patients(askers: Askers) -> list[Question]:
    records = [
        Request("GET", f"{RECORDS}{newest_of(asker)}/", asker.token, asker.address)
        for asker in askers.patients
    ]
    long_lists = gets(RECORDS, askers.long_lists)
    return [
        Question(PATIENTS_PAGE, gets(RECORDS, askers.patients), asked_of_peers=True),
        Question(PATIENTS_RECORD, records, asked_of_peers=True),
        Question("long list, first page", long_lists),
        Question("long list, last page", long_lists, walk=at_the_end),
    ]


def questions_of_doctors(askers: Askers) -> list[Question]:
    clinics, doctors = askers.clinics, askers.doctors
    search = f"{RECORDS}?search="
    return [
        Question("doctor's page", gets(RECORDS, doctors)),
        Question("clinic's page", gets(RECORDS, clinics)),
        Question("clinic, deep", gets(RECORDS, clinics), walk=DeepPlace().of),
        Question("clinic, by type", gets(f"{RECORDS}?record_type=LAB_RESULT", clinics)),
        Question("clinic, common word", gets(search + COMMON_WORD, clinics)),
        Question("clinic, rare word", gets(search + RARE_WORDS[5], clinics)),
        Question("my patients", gets(MY_PATIENTS, doctors)),
        Question("my patients, clinic", gets(MY_PATIENTS, clinics)),
        Question("doctors", gets("/api/auth/doctors/", askers.patients)),
    ]


def questions_of_inboxes(askers: Askers) -> list[Question]:
    some = [one for n, one in enumerate(askers.patients) if not has_read_all(n)]
    none = [one for n, one in enumerate(askers.patients) if has_read_all(n)]
    return [
        Question("notifications", gets(INBOX, askers.patients)),
        Question("unread, a few", gets(UNREAD, some)),
        Question("unread, nothing new", gets(UNREAD, none)),
    ]


def writes(plan: Plan, askers: Askers) -> list[Question]:
    others = askers.patients[: len(askers.patients) // 2 * 2]
    inboxes = [asker.username for asker in others]
    return [
        Question("create a record", creations(askers.patients)),
        Question(
            "mark 200 as read",
            [
                Request("POST", f"{INBOX}mark-all-read/", one.token, one.address)
                for one in others
            ],
            once=True,
            before=partial(make_unread, inboxes),
        ),
        Question("sign in", sign_ins(plan)),
    ]


def creations(askers: Sequence[Asker]) -> list[Request]:
    body = json.dumps(RECORD)
    return [Request("POST", RECORDS, one.token, one.address, body) for one in askers]


def sign_ins(plan: Plan) -> list[Request]:
    people = min(PATIENTS_WITH_PASSWORD, plan.patients)
    return [
        Request(
            "POST",
            "/api/auth/login/",
            address=f"198.19.{number // 200}.{number % 200 + 1}",
            body=json.dumps({"username": f"patient{number}", "password": PASSWORD}),
        )
        for number in range(people)
    ]


def mixed(plan: Plan, askers: Askers) -> list[Request]:
    """Of 500 requests: reads, polls, writes and sign-ins, well shuffled."""
    reads = [
        *gets(RECORDS, askers.patients),
        *gets(INBOX, askers.patients[:100]),
        *gets(RECORDS, askers.doctors),
        *gets(MY_PATIENTS, askers.doctors),
    ]
    kinds = {
        "reads": reads,
        "polls": gets(UNREAD, askers.patients),
        "writes": creations(askers.patients),
        "sign-ins": sign_ins(plan),
    }
    asked = [
        kinds[kind][place % len(kinds[kind])]
        for kind, share in MIX.items()
        for place in range(5 * share)
    ]
    return [asked[place * 211 % len(asked)] for place in range(len(asked))]


def newest_of(asker: Asker) -> str:
    mine = HealthRecord.objects.filter(patient__user__username=asker.username)
    record = mine.filter(deleted_at=None).latest("visit_date")
    return str(record.pk)


def make_unread(usernames: Sequence[str]) -> None:
    """As if nobody had ever looked; `make_read_again` is the way back."""
    Notification.objects.filter(recipient__username__in=usernames).update(
        is_read=False, read_at=None
    )


def make_read_again(plan: Plan, askers: Askers) -> None:
    """Leave a few unread in every second inbox, as the filler does."""
    names = [asker.username for asker in askers.patients]
    inboxes = Notification.objects.filter(recipient__username__in=names)
    inboxes.filter(is_read=False).update(is_read=True, read_at=timezone.now())
    for number, name in enumerate(names):
        if not has_read_all(number):
            newest = inboxes.filter(recipient__username=name).order_by("-created_at")
            keys = list(newest.values_list("pk", flat=True)[:4])
            inboxes.filter(pk__in=keys).update(is_read=False, read_at=None)


class DeepPlace:
    """A place 2,000 records down; found once, for it is a place in every clinic."""

    path = ""

    def of(self, request: Request, port: int) -> Request:
        if not self.path:
            self.path = further(request, port, 20).path
        return with_path(request, self.path)


def further(request: Request, port: int, pages: int) -> Request:
    """The page that follows after so many of a hundred rows each."""
    path = f"{request.path}?page_size=100"
    for _ in range(pages):
        found = ask_json(with_path(request, path), port)["next"]
        if found is None:
            break
        path = path_of(found)
    return with_path(request, path.replace("page_size=100", "page_size=20"))


def at_the_end(request: Request, port: int) -> Request:
    """The last page of a list."""
    request = further(request, port, 98)
    while found := ask_json(request, port)["next"]:
        request = with_path(request, path_of(found))
    return request


def with_path(request: Request, path: str) -> Request:
    return Request(request.method, path, request.token, request.address)


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"
