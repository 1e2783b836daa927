"""Whatever people do, every way to look shows a doctor exactly what the rules say."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from phr.core import redis_client
from tests.care import chances
from tests.care.agreeing import grants_agree, lists_agree, other_views_agree
from tests.care.chances import START
from tests.care.clocks import StoppedClocks
from tests.care.installation import (
    DOCTORS,
    GRANTS,
    IN_EVERY_RECORD,
    RECORDS,
    Installation,
    as_json,
    word,
)
from tests.care.model_of_access import STAFF, Grant, Model, Refused

pytestmark = pytest.mark.django_db

EXAMPLES, STEPS = 12, 12
MOST_RECORDS = 4
TAKE_TERMS = {"accept", "change"}

AT_RANDOM = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    derandomize=True,  # the same sequences each time: what fails, fails again
    phases=(Phase.generate,),  # a dozen steps need no shrinking, which takes minutes
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class Agreement(RuleBasedStateMachine):
    """Does the same to the server and to the model, and compares the two."""

    def __init__(
        self, server: Installation, clocks: StoppedClocks, consent_required: bool
    ) -> None:
        super().__init__()
        self.server = server
        self.model = Model(consent_required, now=START)
        self.clocks = clocks
        self.example = transaction.atomic()
        self.example.__enter__()
        self.move_to(START)
        server.forget()

    def teardown(self) -> None:
        """Take back what people have done."""
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    # What people do

    @initialize(
        verified_for=st.tuples(*[chances.lasting for _ in DOCTORS]),
        records=st.lists(chances.first_records, min_size=2, max_size=3),
        invited=st.lists(chances.first_invitations, min_size=2, max_size=3),
    )
    def begin(self, verified_for: Any, records: Any, invited: Any) -> None:
        """With something to lose: doctors who see records, by right."""
        for doctor, lasting in zip(DOCTORS, verified_for, strict=True):
            self.verify(doctor, lasting)
        for record in records:
            self.create_record(*record)
        for invitation in invited:
            self.invite(*invitation)

    @rule(patient=chances.patients, doctor=chances.doctors, terms=chances.terms)
    def invite(self, patient: str, doctor: str, terms: dict[str, Any]) -> None:
        given = self.from_now(terms)
        body = {"doctor_id": self.server.ids[doctor], **as_json(given)}
        self.both(
            lambda: self.model.invite(patient, doctor, given),
            self.server.send(patient, "post", GRANTS, body),
        )

    @rule(doctor=chances.doctors, patient=chances.patients)
    def ask(self, doctor: str, patient: str) -> None:
        body = {"patient_id": self.server.ids[patient]}
        self.both(
            lambda: self.model.ask(doctor, patient),
            self.server.send(doctor, "post", GRANTS, body),
        )

    @rule(who=chances.assigners, patient=chances.patients, doctor=chances.doctors)
    def assign(self, who: str, patient: str, doctor: str) -> None:
        ids = self.server.ids
        body = {"patient_id": ids[patient], "doctor_id": ids[doctor]}
        self.both(
            lambda: self.model.assign(who, patient, doctor),
            self.server.send(who, "post", "/api/auth/assign-doctor/", body),
        )

    @precondition(lambda self: self.model.grants)
    @rule(number=chances.numbers, terms=chances.terms)
    def accept(self, number: int, terms: dict[str, Any]) -> None:
        grant = self.grant(number, "PENDING")
        self.answer(grant.patient, "accept", grant, self.from_now(terms))

    @precondition(lambda self: self.model.grants)
    @rule(number=chances.numbers)
    def decline(self, number: int) -> None:
        grant = self.grant(number, "PENDING")
        self.answer(grant.patient, "decline", grant)

    @precondition(lambda self: self.model.grants)
    @rule(number=chances.numbers, terms=chances.terms)
    def change(self, number: int, terms: dict[str, Any]) -> None:
        grant = self.grant(number, "ACTIVE")
        self.answer(grant.patient, "change", grant, self.from_now(terms))

    @precondition(lambda self: self.model.grants)
    @rule(number=chances.numbers, side=chances.sides)
    def end(self, number: int, side: str) -> None:
        grant = self.grant(number, "ACTIVE")
        self.answer(getattr(grant, side, STAFF), "end", grant)

    @precondition(lambda self: self.model.grants)
    @rule(number=chances.numbers, who=chances.people, verb=chances.verbs)
    def meddle(self, number: int, who: str, verb: str) -> None:
        """Anybody with any grant, whatever has become of it."""
        self.answer(who, verb, self.grant(number))

    @rule(doctor=chances.doctors, patient=chances.patients)
    def open_emergency(self, doctor: str, patient: str) -> None:
        redis_client.connection().flushdb()  # how often is not the question here
        body = {
            "patient_id": self.server.ids[patient],
            "reason_code": "UNCONSCIOUS",
            "reason": "Found in the street.",
        }
        self.both(
            lambda: self.model.open_emergency(doctor, patient),
            self.server.send(doctor, "post", "/api/care/emergency/", body),
        )

    @rule(doctor=chances.doctors, lasting=chances.verified_for)
    def verify(self, doctor: str, lasting: timedelta) -> None:
        until = self.model.now + lasting
        body = {"decision": "VERIFY", "valid_until": until.isoformat()}
        self.both(
            lambda: self.model.verify(doctor, until),
            self.server.send(STAFF, "post", self.server.verifying_url(doctor), body),
        )

    @rule(doctor=chances.doctors)
    def withdraw(self, doctor: str) -> None:
        body = {"decision": "REFUSE", "reason": "The licence was revoked."}
        self.both(
            lambda: self.model.withdraw(doctor),
            self.server.send(STAFF, "post", self.server.verifying_url(doctor), body),
        )

    @precondition(lambda self: len(self.model.records) < MOST_RECORDS)
    @rule(patient=chances.patients, kind=chances.types, visit=chances.visits)
    def create_record(self, patient: str, kind: str, visit: datetime) -> None:
        own_word = word(len(self.model.records))
        body = {
            "record_type": kind,
            "title": f"{IN_EVERY_RECORD} {own_word}",
            "visit_date": visit.isoformat(),
        }
        created = self.server.send(patient, "post", RECORDS, body)
        self.both(lambda: self.model.create_record(patient, kind, visit), created)
        if created.status_code == 201:
            self.server.record_ids.append(created.json()["id"])

    @precondition(lambda self: self.model.records)
    @rule(number=chances.numbers, kind=chances.types, visit=chances.visits)
    def change_record(self, number: int, kind: str, visit: datetime) -> None:
        number %= len(self.model.records)
        record, url = self.model.records[number], self.server.record_url(number)
        body = {"record_type": kind, "visit_date": visit.isoformat()}
        self.both(
            lambda: self.model.change_record(record.patient, record, kind, visit),
            self.server.send(record.patient, "patch", url, body),
        )

    @precondition(lambda self: self.model.records)
    @rule(number=chances.numbers, who=chances.owner_mostly)
    def delete_record(self, number: int, who: str) -> None:
        number %= len(self.model.records)
        record, url = self.model.records[number], self.server.record_url(number)
        who = who or record.patient
        self.both(
            lambda: self.model.delete_record(who, record),
            self.server.send(who, "delete", url),
        )

    @precondition(lambda self: self.model.records)
    @rule(number=chances.numbers)
    def restore_record(self, number: int) -> None:
        number %= len(self.model.records)
        record, url = self.model.records[number], self.server.record_url(number)
        self.both(
            lambda: self.model.restore_record(record.patient, record),
            self.server.send(record.patient, "post", f"{url}restore/"),
        )

    @rule(lasting=chances.waits)
    def wait(self, lasting: timedelta) -> None:
        self.move_to(self.model.now + lasting)

    @precondition(lambda self: self.turning_points())
    @rule(number=chances.numbers, early=chances.early)
    def wait_until_something_ends(self, number: int, early: timedelta) -> None:
        ends = self.turning_points()
        self.move_to(ends[number % len(ends)] - early)

    @invariant()
    def all_ways_to_look_agree(self) -> None:
        """After a refusal only the short ones: nothing has changed."""
        grants_agree(self.server, self.model)
        lists_agree(self.server, self.model)
        if not self.was_refused:
            other_views_agree(self.server, self.model)

    # How it is done

    def both(self, in_the_model: Callable[[], None], answer: Any) -> None:
        """See that the server allows what the model allows, and nothing else."""
        try:
            in_the_model()
            self.was_refused = False
        except Refused:
            self.was_refused = True
            assert 400 <= answer.status_code < 500, answer.content
        else:
            assert 200 <= answer.status_code < 300, answer.content
        if len(self.server.grant_ids) < len(self.model.grants):
            self.server.learn_new_grants()

    def grant(self, number: int, wanted: str = "") -> Grant:
        """One of those in the wanted state, or of all if there is none in it."""
        grants = self.model.grants
        fitting = [grant for grant in grants if self.model.state(grant) == wanted]
        return (fitting or grants)[number % len(fitting or grants)]

    def answer(
        self, who: str, verb: str, grant: Grant, terms: dict[str, Any] | None = None
    ) -> None:
        """Do something with a grant: one of the verbs of the address, or a change."""
        number = next(n for n, g in enumerate(self.model.grants) if g is grant)
        asked = [who, grant, terms or {}] if verb in TAKE_TERMS else [who, grant]
        method, part = ("patch", "") if verb == "change" else ("post", verb)
        url = self.server.grant_url(number, part)
        self.both(
            lambda: getattr(self.model, verb)(*asked),
            self.server.send(who, method, url, as_json(terms or {})),
        )

    def from_now(self, terms: dict[str, Any]) -> dict[str, Any]:
        if terms.get("expires_at") is None:
            return terms
        return terms | {"expires_at": self.model.now + terms["expires_at"]}

    def turning_points(self) -> list[datetime]:
        """When what is open now will end by itself."""
        open_now = [one for one in self.model.grants if self.model.is_open(one)]
        ends = [grant.expires_at for grant in open_now if grant.expires_at]
        if self.model.consent_required:
            ends += self.model.verified_until.values()
        return sorted({end for end in ends if end > self.model.now})

    def move_to(self, at: datetime) -> None:
        self.was_refused = False
        self.model.now = at
        self.clocks.move_to(at)


@pytest.mark.parametrize("consent_required", [False, True])
def test_what_doctors_see_is_what_the_rules_say(settings, consent_required):
    settings.CARE_CONSENT_REQUIRED = consent_required
    settings.EMERGENCY_ACCESS = True
    settings.ACCESS_TOKEN_LIFETIME = timedelta(days=1_000)
    with StoppedClocks(START) as clocks:
        server = Installation()
        machine: Any = partial(Agreement, server, clocks, consent_required)
        run_state_machine_as_test(machine, settings=AT_RANDOM)
