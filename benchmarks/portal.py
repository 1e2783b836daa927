"""What the portal's pages cost beside the same question to the API, in one process.

python -m benchmarks.servers python -m benchmarks.portal --records 100k

CPU of this process alone, without web server and network, which cost both the same.
Page and API take turns, and the least of all rounds counts: what else the machine does
can only add to it.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

import benchmarks.environment  # noqa: F401 - sets Django up for what follows

# isort: split
from django.core.management import call_command
from django.test import Client

from benchmarks.fill import fill, read_count
from benchmarks.filling.plan import Plan
from benchmarks.questions import INBOX, MY_PATIENTS, RECORDS, newest_of
from benchmarks.users import Asker, signed_in
from phr.accounts.models import User
from phr.care.models import PatientProfile
from phr.core.postgres.statement_tally import Finished, watchers
from phr.health_records.account_limits import recount

GRANTS = "/api/care/grants/"
ROUNDS = 300
WARM_UP = 5  # rounds, in which templates are parsed and statements prepared


@dataclass(frozen=True)
class Pair:
    """A page, what the API is asked for the same, and who asks both.

    :ivar also: what is asked for the rest of the page.
    """

    name: str
    username: str
    page: str
    api: str
    also: str = ""


@dataclass(frozen=True)
class Cost:
    """What a page and the question to the API cost.

    :param page_ms: CPU of the application.
    :param statements: of the page.
    """

    name: str
    page_ms: float
    api_ms: float
    statements: int

    @property
    def ratio(self) -> float:
        return self.page_ms / self.api_ms


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.portal", description=__doc__)
    parser.add_argument("--records", type=read_count, default=100_000)
    parser.add_argument("--only", default="", help="pages with this in their name")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    fill(options.records)
    measure_pages(Plan(options.records), options.only)
    return 0


def measure_pages(plan: Plan, only: str = "") -> list[dict[str, Any]]:
    """Measure all pages and print each; the rows as they are kept."""
    call_command("collectstatic", interactive=False, verbosity=0)
    print(f"{'page':24} {'page ms':>8} {'API ms':>8} {'ratio':>6} {'statements':>11}")
    rows = []
    for pair in pairs(plan):
        if only in pair.name:
            cost = cost_of(pair)
            rows.append(asdict(cost) | {"ratio": round(cost.ratio, 2)})
            print(
                f"{cost.name:24} {cost.page_ms:8.2f} {cost.api_ms:8.2f}"
                f" {cost.ratio:6.1f} {cost.statements:11}",
                flush=True,
            )
    return rows


def pairs(plan: Plan) -> Iterator[Pair]:
    """Each page of a list or a chart, and where a program finds what is on it."""
    patient, doctor = plan.patient_name(0), plan.doctor_name(0)
    long, clinic = plan.patient_name(plan.patients), plan.doctor_name(plan.doctors)
    record = newest_of(signed_in(patient))
    people = User.objects.filter(username__in=[patient, long])
    recount(people.values_list("pk", flat=True))  # as whoever writes is counted
    yield Pair("records", patient, "/records/", RECORDS)
    yield Pair("records, long list", long, "/records/", RECORDS)
    yield Pair("record", patient, f"/records/{record}/", f"{RECORDS}{record}/")
    yield Pair("access", patient, "/access/", GRANTS)
    yield Pair("access log", patient, "/access/log/", "/api/access-log/")
    yield Pair("inbox", patient, "/inbox/", INBOX)
    yield Pair("patients", doctor, "/patients/", MY_PATIENTS)
    yield Pair("patients of a clinic", clinic, "/patients/", MY_PATIENTS)
    chart = PatientProfile.objects.get(user__username=patient).pk
    of_chart = f"/patients/{chart}/", f"{RECORDS}?patient={chart}"
    yield Pair("chart, beside its records", doctor, *of_chart)
    yield Pair("chart, and its access", doctor, *of_chart, also=GRANTS)


def cost_of(pair: Pair) -> Cost:
    """The least that page and answer have cost in any round, taking turns."""
    asker = signed_in(pair.username)
    browser, program = browser_of(asker), program_of(asker)
    rounds = [
        (
            seconds_of(browser, pair.page),
            sum(seconds_of(program, each) for each in (pair.api, pair.also) if each),
        )
        for _ in range(WARM_UP + ROUNDS)
    ][WARM_UP:]
    page, api = (1_000 * min(column) for column in zip(*rounds, strict=True))
    statements = statements_of(browser, pair.page)
    return Cost(pair.name, round(page, 3), round(api, 3), statements)


def statements_of(client: Client, address: str) -> int:
    """How many statements an answer takes, transactions included."""
    seen: list[Finished] = []
    watchers.append(seen.append)
    client.get(address)
    watchers.pop()
    return seen[0].tally.statements


def browser_of(asker: Asker) -> Client:
    """Somebody in a browser, signed in."""
    browser = Client(**headers_of(asker))
    browser.force_login(User.objects.get(username=asker.username))
    return browser


def program_of(asker: Asker) -> Client:
    return Client(**headers_of(asker), HTTP_AUTHORIZATION=f"Bearer {asker.token}")


def headers_of(asker: Asker) -> dict[str, Any]:
    return {
        "HTTP_HOST": "127.0.0.1",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_FORWARDED_FOR": asker.address,
    }


def seconds_of(client: Client, address: str) -> float:
    """The CPU of an answer.

    :raises RuntimeError: it is not what was asked for.
    """
    begun = time.process_time()
    answer = client.get(address)
    spent = time.process_time() - begun
    if answer.status_code != HTTPStatus.OK:
        raise RuntimeError(f"{address} is answered with {answer.status_code}")
    return spent


if __name__ == "__main__":
    sys.exit(main())
