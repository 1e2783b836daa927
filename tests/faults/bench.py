"""One scenario after the other: clients work, something breaks, and is it all there?"""

import time
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import pytest
from django.db import connection

from phr.core.models import OutboxEvent
from phr.core.outbox import PUT_OFF
from tests.faults.clients import Client
from tests.faults.findings import Findings
from tests.faults.judging import UNAVAILABLE, judge
from tests.faults.people import Circle, make_circles
from tests.faults.scenario import AnyInstallation, Scenario
from tests.faults.told import Answer, Log

CIRCLES_OF_A_CLIENT = 2
SECONDS_BEFORE = 3  # of work, until something breaks
SECONDS_AFTER = 6  # and when all is whole again
# An event that was taken from the line and lost is in line again after a minute, at
# the next beat of fifteen seconds.
SECONDS_TO_DELIVER = 180
SECONDS_TO_HEAL = 5


@dataclass(frozen=True)
class Result:
    """What one scenario has shown.

    :param kept: requests on a connection that had served another one before.
    :param resent: requests that were sent again, for that had broken.
    :param mails: that have arrived.
    :param outage: seconds, the most, in which no client had an answer that helped.
    :param slowest: seconds, the most, from when a request had come, and something had
        broken, to an answer that was no help.
    :param healed: seconds from when the parts were whole to the first such answer.
    """

    name: str
    requests: int
    refused: int
    unanswered: int
    kept: int
    resent: int
    mails: int
    outage: float
    slowest: float
    healed: float
    findings: Findings

    def __str__(self) -> str:
        return (
            f"{self.name:<40} requests {self.requests:>5}  refused {self.refused:>4}  "
            f"unanswered {self.unanswered:>3}  kept {self.kept:>5}  "
            f"resent {self.resent:>3}  mails {self.mails:>4}  "
            f"again {len(self.findings.mailed_twice):>2}  "
            f"longest outage {self.outage:>4.1f} s  "
            f"slowest refusal {self.slowest:>4.1f} s  healed in {self.healed:>3.1f} s  "
            f"lost {len(self.findings.lost)}  doubled {len(self.findings.doubled)}  "
            f"half-done {len(self.findings.half_done)}  "
            f"wrong {len(self.findings.wrong)}"
        )


def run_scenario(
    parts: AnyInstallation,
    scenario: Scenario[AnyInstallation],
    *,
    clients: int,
    patience: float = 1,
) -> Result:
    """Let clients work while something breaks, and see what has become of it all.

    :param patience: how many times as long as it should all may take: more than once
        where others work on the machine, and time is no measure.
    """
    connection.close()
    circles = make_circles(clients * CIRCLES_OF_A_CLIENT)
    log, began = Log(), time.monotonic()
    crowd = [
        Client(number, parts.web.port, circles[number::clients], log)
        for number in range(clients)
    ]
    parts.restarts.clear()
    parts.mailbox.mails.clear()
    for client in crowd:
        client.start()
    time.sleep(SECONDS_BEFORE)
    try:
        scenario.act(parts)
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - a finding, too
        log.contradictions.append(f"{type(error).__name__}: {error}")
    whole = time.monotonic()
    time.sleep(SECONDS_AFTER)
    ended = time.monotonic()
    stop(crowd)
    result = result_of(parts, scenario, log, circles, (began, whole, ended))
    result.findings.wrong.extend(too_slow(result, scenario, patience))
    return result


def stop(crowd: list[Client]) -> None:
    for client in crowd:
        client.stopped.set()
    for client in crowd:
        client.join(60)
        assert not client.is_alive(), "A request has no end."


def result_of(
    parts: AnyInstallation,
    scenario: Scenario[AnyInstallation],
    log: Log,
    circles: list[Circle],
    times: tuple[float, float, float],
) -> Result:
    began, whole, ended = times
    parts.await_web()
    connection.close()
    late = await_delivery(circles)
    findings = judge(log, circles, parts.mailbox)
    findings.wrong.extend(late)
    if not scenario.may_mail_twice:
        findings.doubled.extend(findings.mailed_twice)
    answers = log.answers
    useless = [each for each in answers if each.status in (0, UNAVAILABLE)]
    refused = sum(1 for answer in useless if answer.status)
    if useless and not scenario.may_refuse:
        what = Counter((each.what, each.status) for each in useless)
        findings.wrong.append(f"Somebody was refused, or heard nothing: {what}.")
    breaks = parts.breaks
    slowest = max((seconds_to_know(each, breaks) for each in useless), default=0)
    outage, healed = outages(answers, began, whole, ended)
    return Result(
        name=scenario.name,
        requests=len(answers),
        refused=refused,
        unanswered=len(useless) - refused,
        kept=sum(answer.was_kept for answer in answers),
        resent=sum(answer.was_resent for answer in answers),
        mails=len(parts.mailbox.mails),
        outage=outage,
        slowest=slowest,
        healed=healed,
        findings=findings,
    )


def seconds_to_know(answer: Answer, breaks: list[float]) -> float:
    """How long somebody did not know that it was in vain, though it was.

    Who was in line already, or was served slowly, is counted from the first break.
    """
    came = answer.at - answer.seconds
    since = next((at for at in breaks if came <= at <= answer.at), came)
    return answer.at - since


def too_slow(
    result: Result, scenario: Scenario[AnyInstallation], patience: float
) -> list[str]:
    found = []
    if result.slowest > scenario.slowest_refusal * patience:
        found.append(f"Somebody was refused after {result.slowest:.1f} s.")
    if result.healed > SECONDS_TO_HEAL * patience:
        found.append(f"It took {result.healed:.1f} s until all was well.")
    return found


def outages(
    answers: list[Answer], began: float, whole: float, ended: float
) -> tuple[float, float]:
    good = sorted(answer.at for answer in answers if 200 <= answer.status < 300)
    points = [began, *(at for at in good if at < ended), ended]
    longest = max(b - a for a, b in pairwise(points))
    healed = next((at for at in good if at >= whole), ended)
    return longest, healed - whole


def await_delivery(circles: list[Circle]) -> list[str]:
    """Wait until each event of these people is delivered, by nobody's hand.

    :returns: a sentence for each that is not.
    """
    people = [user.pk for circle in circles for user in circle.people]
    undelivered = OutboxEvent.objects.filter(owner_id__in=people, delivered_at=None)
    waiting = undelivered.exclude(last_error=PUT_OFF)  # mails that wait for their hour
    ends = time.monotonic() + SECONDS_TO_DELIVER
    while waiting.exists() and time.monotonic() < ends:
        time.sleep(0.2)
    return [
        f"{event.kind} of {event.created_at:%X} is not delivered: turn {event.turn}, "
        f"{event.attempts} attempts, {event.last_error or 'no error'}, "
        f"the next at {event.next_attempt_at:%X}."
        for event in waiting
    ]
