"""When and from where the people of the demo signed in, and who was not let in."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from demo.rows import Rows
from demo.steps import Step
from demo.stories.shape import moment
from phr.accounts.models import User
from phr.audit.actions import Action
from phr.audit.models import Basis, Outcome
from phr.audit.services import Access
from phr.core.request_origin import Origin

FACE = "demo"
SIGNED_IN_FOR = timedelta(hours=1)  # after the last thing that they did
SIGN_IN_BEFORE = timedelta(minutes=1)

DESK = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
CLINIC = Origin(FACE, "198.51.100.140", DESK)
# Addresses for documentation only (RFC 5737 and RFC 3849): they are nobody's.
ORIGINS = {
    "nora": Origin(FACE, "192.0.2.10", DESK),
    "dr_hassan": Origin(FACE, "198.51.100.21", DESK),
    "dr_weber": Origin(FACE, "198.51.100.46", DESK),
    "dr_osei": Origin(FACE, "198.51.100.77", DESK),
    "maria": Origin(FACE, "203.0.113.19", DESK),
    "david": Origin(FACE, "203.0.113.84", DESK),
    "emma": Origin(FACE, "2001:db8:7f::57", PHONE),
    "priya": Origin(FACE, "203.0.113.23", PHONE),
    "tom": Origin(FACE, "2001:db8:96::a4", PHONE),
    "claire": Origin(FACE, "203.0.113.40", PHONE),
}
ON_DUTY = {
    ("dr_hassan", date(2024, 6, 2)): CLINIC,
    ("dr_weber", date(2026, 10, 29)): CLINIC,
}
STRANGER = Origin(FACE, "192.0.2.203", "curl/8.5.0")
# Whose account, when, and from where if not from theirs: a password that was wrong.
WRONG_PASSWORDS = (
    ("claire", "2025-07-08 19:02", None),
    ("maria", "2026-03-14 02:17", STRANGER),
    ("maria", "2026-03-14 02:18", STRANGER),
    ("maria", "2026-03-14 02:18", STRANGER),
)


def origin_of(username: str, at: datetime) -> Origin:
    """Where this person was at a time."""
    return ON_DUTY.get((username, at.date()), ORIGINS[username])


def sign_ins(rows: Rows, steps: Iterable[Step]) -> Iterator[Step]:
    """A sign-in before whatever is the first that somebody did for a while."""
    done = defaultdict(list)
    for step in steps:
        if step.actor is not None:
            done[step.actor].append(step.at)
    for user, times in done.items():
        last = None
        for at in sorted(times):
            if last is None or at - last > SIGNED_IN_FOR:
                yield sign_in(rows, user, at - SIGN_IN_BEFORE)
            last = at
    for seconds, (username, when, origin) in enumerate(WRONG_PASSWORDS):
        at = moment(when) + timedelta(seconds=11 * seconds)
        yield wrong_password(rows, username, at, origin)


def sign_in(rows: Rows, user: User, at: datetime) -> Step:
    patient = rows.patients.get(user.username)
    account = Access(patient.pk if patient else None, "account", [user.pk])
    return Step(user, Action.SIGNED_IN, at, account)


def wrong_password(
    rows: Rows, username: str, at: datetime, origin: Origin | None
) -> Step:
    account = Access(
        rows.patients[username].pk,
        "account",
        [rows.users[username].pk],
        basis=Basis.NONE,
        outcome=Outcome.REFUSED,
    )
    return Step(None, Action.SIGNED_IN, at, account, origin=origin or ORIGINS[username])
