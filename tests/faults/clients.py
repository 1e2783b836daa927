"""Clients that do all kinds of things, and note what they were told."""

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

import jwt
from django.conf import settings

from phr.accounts.models import User
from tests.factories import PASSWORD
from tests.faults.changing import RECORDS, change, change_at_once
from tests.faults.connections import Connections, Request
from tests.faults.people import Circle
from tests.faults.relay import HOST
from tests.faults.told import Answer, Log

SECONDS_BETWEEN_TRIES = 0.3
MOST_OF_A_KIND = 9  # of ten lines that an inbox takes in an hour
MOST_VISITS = 4  # of five that a doctor and a patient may begin in a day
AT_ONCE = 3  # requests with one key
PAUSE = 0.15  # seconds on average
ASSIGN = "/api/auth/assign-doctor/"
# One client of so many opens a connection for each request.
ONE_KEEPS_NONE_OF = 4


class Client(threading.Thread):
    """Somebody with a few circles of people, at an address of their own."""

    def __init__(self, number: int, port: int, circles: list[Circle], log: Log) -> None:
        super().__init__(name=f"client-{number}", daemon=True)
        keeps = bool(number % ONE_KEEPS_NONE_OF)
        self.connections = Connections(f"127.0.1.{number + 1}", port, keeps)
        self.circles, self.log = circles, log
        self.chance = random.Random(number)
        self.stopped = threading.Event()

    def run(self) -> None:
        steps: list[tuple[Callable[[Circle], None], int]] = [
            (self.list_records, 5),
            (self.read_notifications, 3),
            (self.create, 4),
            (self.create_twice, 2),
            (self.comment, 3),
            (partial(change, self), 3),
            (partial(change_at_once, self), 1),
            (self.visit, 2),
            (self.sign_in, 1),
            (self.show_a_token_of_another_hour, 1),
        ]
        while not self.stopped.wait(self.chance.uniform(0, 2 * PAUSE)):
            step, circle = self.choose(steps), self.chance.choice(self.circles)
            try:
                step(circle)
            except Exception as error:  # noqa: BLE001 - it is the finding, not a crash
                self.log.contradictions.append(f"{step}: {error!r}")
        self.connections.close()

    def choose(
        self, steps: list[tuple[Callable[[Circle], None], int]]
    ) -> Callable[[Circle], None]:
        (step,) = self.chance.choices([s for s, _ in steps], [n for _, n in steps])
        return step

    def list_records(self, circle: Circle) -> None:
        self.ask("list", "GET", RECORDS, circle, circle.patient)
        self.ask("list", "GET", f"{RECORDS}?page_size=3", circle, circle.doctor)

    def read_notifications(self, circle: Circle) -> None:
        address = "/api/notifications/?is_read=false"
        found = self.ask("inbox", "GET", address, circle, circle.doctor)
        if found.status == 200 and found.body["results"]:
            line = found.body["results"][0]["id"]
            path = f"/api/notifications/{line}/read/"
            self.ask("read", "POST", path, circle, circle.doctor, {})

    def sign_in(self, circle: Circle) -> None:
        who = circle.patient
        body = {"username": who.username, "password": PASSWORD}
        answer = self.ask("sign in", "POST", "/api/auth/login/", circle, None, body)
        if answer.status == 200:
            circle.tokens[who.username] = answer.body["tokens"]["access"]

    def show_a_token_of_another_hour(self, circle: Circle) -> None:
        """As after a clock has jumped: signed by us, and not in date."""
        name = circle.patient.username
        for seconds in (-3600, 3600):
            strange = {name: moved_in_time(circle.tokens[name], seconds)}
            other = replace(circle, tokens=strange)
            answer = self.ask("other hour", "GET", RECORDS, other, circle.patient)
            if answer.status == 200:
                self.log.contradictions.append("A token that is not in date was taken.")

    def create(self, circle: Circle) -> None:
        if self.may_write(circle, "records"):
            title, body = new_record()
            self.log.records[title] = None
            answer = self.insist("create", RECORDS, circle, circle.patient, body)
            if answer:
                self.log.records[title] = answer["id"]

    def create_twice(self, circle: Circle) -> None:
        """The same request at the same moment, as an impatient device sends it."""
        if not self.may_write(circle, "records"):
            return
        title, body = new_record()
        self.log.records[title] = None
        key, told = str(uuid4()), []

        start = threading.Barrier(AT_ONCE)

        def create() -> None:
            start.wait()
            answer = self.insist("twice", RECORDS, circle, circle.patient, body, key)
            if answer:
                told.append(answer["id"])

        others = [
            threading.Thread(target=create, daemon=True) for _ in range(AT_ONCE - 1)
        ]
        for other in others:
            other.start()
        create()
        for other in others:
            other.join()
        if len(set(told)) > 1:
            self.log.contradictions.append("One key has made several records.")
        if told:
            self.log.records[title] = told[0]

    def comment(self, circle: Circle) -> None:
        if not self.may_write(circle, "comments"):
            return
        found = self.ask("list", "GET", RECORDS, circle, circle.patient)
        if found.status != 200 or not found.body["results"]:
            return
        text = f"Comment {uuid4()}"
        self.log.comments[text] = None
        path = f"{RECORDS}{found.body['results'][0]['id']}/comments/"
        answer = self.insist("comment", path, circle, circle.doctor, {"comment": text})
        if answer:
            self.log.comments[text] = answer["id"]

    def visit(self, circle: Circle) -> None:
        """A patient comes into a doctor's care, and mostly ends it."""
        if circle.visits >= MOST_VISITS:
            return
        circle.visits += 1
        body = {"patient_id": str(circle.visitor_id)}
        if self.insist("assign", ASSIGN, circle, circle.doctor, body) is None:
            circle.visits = MOST_VISITS  # whether it began, nobody here knows
            return
        grants = self.until_answered("grants", "/api/care/grants/", circle)
        if grants is None:
            return
        (grant,) = [g["id"] for g in grants["results"] if g["status"] == "ACTIVE"]
        self.log.begun.add(grant)
        if circle.visits == MOST_VISITS:
            return  # the last one stays
        path = f"/api/care/grants/{grant}/end/"
        if self.insist("end", path, circle, circle.visitor, {}) is None:
            circle.visits = MOST_VISITS
        else:
            self.log.ended.add(grant)

    def may_write(self, circle: Circle, what: str) -> bool:
        written = getattr(circle, what)
        setattr(circle, what, written + 1)
        return bool(written < MOST_OF_A_KIND)

    def insist(
        self,
        what: str,
        path: str,
        circle: Circle,
        who: User,
        body: dict[str, Any],
        key: str = "",
    ) -> Any:
        """Send a request until it has its answer; None if that never came."""
        key = key or str(uuid4())
        while True:
            answer = self.ask(what, "POST", path, circle, who, body, key)
            if 200 <= answer.status < 300:
                return answer.body
            if self.has_stopped_after_a_while():
                return None

    def until_answered(self, what: str, path: str, circle: Circle) -> Any:
        while True:
            answer = self.ask(what, "GET", path, circle, circle.visitor)
            if answer.status == 200:
                return answer.body
            if self.has_stopped_after_a_while():
                return None

    def has_stopped_after_a_while(self) -> bool:
        return self.stopped.wait(SECONDS_BETWEEN_TRIES)

    def ask(
        self,
        what: str,
        method: str,
        path: str,
        circle: Circle,
        who: User | None,
        body: Any = None,
        key: str = "",
        tag: str = "",
    ) -> Answer:
        """One request, noted in the log.

        :param key: with which it may be sent again.
        :param tag: what it is about must still have this one.
        """
        headers = {"Host": HOST, "Content-Type": "application/json"}
        if who:
            headers["Authorization"] = f"Bearer {circle.tokens[who.username]}"
        headers |= {"Idempotency-Key": key} if key else {}
        headers |= {"If-Match": tag} if tag else {}
        sent = json.dumps(body) if body is not None else None
        began = time.monotonic()
        heard = self.connections.exchange(Request(method, path, sent, headers))
        at = time.monotonic()
        answer = Answer(what=what, at=at, seconds=at - began, **vars(heard))
        self.log.answers.append(answer)
        return answer


def moved_in_time(token: str, seconds: int) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    moved = {name: claims[name] + seconds for name in ("iat", "exp")}
    head = jwt.get_unverified_header(token)
    key = settings.JWT_SIGNING_KEY
    return jwt.encode(claims | moved, key, head["alg"], {"kid": head["kid"]})


def new_record() -> tuple[str, dict[str, Any]]:
    title = f"Visit {uuid4()}"
    return title, {
        "record_type": "CHECKUP",
        "title": title,
        "visit_date": "2026-03-02T09:00:00Z",
    }
