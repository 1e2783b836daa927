"""Every list of the API, each with every filter: who asks, and for what."""

from typing import NamedTuple

from phr.care.choices import GrantStatus
from phr.health_records.record_pages import NEWEST, STRETCH_FOR_A_TYPE
from tests.growth.world import DELETED, EXPIRED, OPEN_GRANTS, RARE, RECORDS


class Asked(NamedTuple):
    """One way to ask for a list.

    :param finds: how many the first page of at most 20 holds.
    :param reads: how many rows it may read beyond the page, for a reason.
    """

    path: str
    who: str
    parameters: str = ""
    finds: int = 20
    reads: int = 0
    body: dict[str, str] | None = None

    @property
    def name(self) -> str:
        return f"{self.who}: {self.path}?{self.parameters}"


NOTIFICATIONS = [
    Asked("/api/notifications/", "alice", parameters)
    for parameters in ("", "is_read=true", "is_read=false")
]
DIRECTORY = [
    Asked("/api/auth/doctors/", who, parameters, finds)
    for who, parameters, finds in (
        ("alice", "", 20),
        ("sam", "", 20),
        ("alice", "search=cardiology", 20),
        ("alice", "search=krusz", 3),
        ("alice", "search=KRUSZÉWSKI", 3),
        ("alice", "search=ann krusz", 3),
        ("alice", "search=nobody at all", 0),
        ("alice", "search=ca", 20),
        ("alice", "search=kr", 3),
        ("alice", "search=q", 0),
        ("alice", "specialization=Cardiology", 20),
        ("alice", "specialization=Sleep medicine", 20),
        ("alice", "specialization=Astrology", 0),
        ("alice", "search=ann&specialization=Sleep medicine", 20),
        ("alice", "search=krusz&specialization=Sleep medicine", 3),
        ("alice", "search=krusz&specialization=Cardiology", 0),
    )
]
# One doctor in ten: PostgreSQL weighs reading past the others against sorting these.
DIRECTORY += [Asked("/api/auth/doctors/", "alice", "search=urology", reads=300)]
GRANTS = [
    Asked("/api/care/grants/", who, parameters)
    for who in ("alice", "dr_bob")
    for parameters in (
        "",
        *(f"status={state}" for state in GrantStatus.values if state != "EXPIRED"),
    )
]
# A few hundred of one's own, in the middle of others: sorting them may cost less.
GRANTS += [
    Asked("/api/care/grants/", who, "status=EXPIRED", reads=350)
    for who in ("alice", "dr_bob")
]
RECORDS_OF_ALICE = [
    Asked("/api/health-records/", "alice", parameters, finds)
    for parameters, finds in (
        ("", 20),
        ("record_type=CHECKUP", 20),
        ("record_type=LAB_RESULT", 20),
        ("record_type=EMERGENCY", 0),
        ("patient={alice}", 20),
        ("patient={stranger}", 0),
        ("visit_after=2000-01-01", 20),
        ("visit_before=2000-01-01", 0),
        ("search=pressure", 20),
        ("search=bl pres", 20),
        ("search=migraine", 2),
        ("search=nothing", 0),
        ("search=blood&record_type=LAB_RESULT", 20),
        ("deleted=true", 20),
        ("deleted=true&record_type=LAB_RESULT", 0),
        ("deleted=true&search=blood", 20),
    )
]
# What has a word is held against what may be seen; and what was deleted in the last 30
# days may be sorted.
OF_ALICE = RECORDS + DELETED + 10  # an index may name rows that died since
WITH_WORDS = 2 * OF_ALICE
RECORDS_OF_ALICE = [
    one._replace(reads=WITH_WORDS if "search" in one.parameters else DELETED)
    if one.parameters.startswith(("search", "deleted"))
    else one
    for one in RECORDS_OF_ALICE
]
# Of each grant the first record is looked at, and with a word the newest few. Before,
# for who has many, a stretch of everybody's; never more, however many there are.
OF_GRANTS = OPEN_GRANTS + EXPIRED + 1
RECORDS_OF_DR_BOB = [
    Asked("/api/health-records/", "dr_bob", parameters, finds, reads)
    for parameters, finds, reads in (
        ("", 20, OF_GRANTS),
        ("record_type=CHECKUP", 20, OF_GRANTS),
        ("record_type=LAB_RESULT", 20, OF_GRANTS),
        ("record_type=EMERGENCY", 0, max(OF_GRANTS, STRETCH_FOR_A_TYPE)),
        ("patient={alice}", 20, 0),
        ("patient={stranger}", 0, 0),
        ("patient={alice}&search=migraine", 2, WITH_WORDS),
        ("visit_after=2000-01-01", 20, OF_GRANTS),
        ("visit_before=2000-01-01", 0, OF_GRANTS),
        ("search=pressure", 20, OF_GRANTS * NEWEST),
        ("search=migraine", 20, OF_GRANTS * NEWEST),
        ("search=nothing", 0, OF_GRANTS * NEWEST),
        ("search=blood&record_type=LAB_RESULT", 20, OF_GRANTS * NEWEST),
        ("deleted=true", 0, 0),
        ("deleted=true&search=blood", 0, 0),
    )
]
# Each patient's records are counted, and Alice has the most.
MY_PATIENTS = [
    Asked("/api/health-records/my-patients/", "dr_bob", reads=OF_ALICE + 100),
]
ON_A_RECORD = [
    Asked("/api/health-records/{record}/comments/", "alice"),
    Asked("/api/health-records/{record}/comments/", "dr_bob"),
    Asked("/api/health-records/{record}/history/", "alice"),
    # Each version is held against the grants of its patient, of whom Alice has 80.
    Asked("/api/health-records/{record}/history/", "dr_bob", reads=21 * 80),
]
ACCESS_LOG = [
    Asked("/api/access-log/", who, parameters, finds)
    for who, parameters, finds in (
        ("alice", "", 20),
        ("alice", "actor={bob}", 20),
        ("alice", "actor={stranger}", 20),
        ("alice", "actor={alice}", 0),
        ("alice", "patient={alice}", 20),
        ("alice", "patient={stranger}", 0),
        ("alice", "action=health_records.record_opened", 20),
        # No index has them by action: they are many of whoever has many lines.
        ("alice", "action=health_records.records_listed", 20),
        ("alice", f"action={RARE}", 20),
        ("alice", "action=care.nothing_done", 0),
        ("alice", "outcome=ALLOWED", 20),
        ("alice", "outcome=REFUSED", 20),
        ("alice", f"outcome=REFUSED&action={RARE}&actor={{stranger}}", 20),
        ("alice", "after=2000-01-01", 20),
        ("alice", "before=2000-01-01", 0),
        ("dr_bob", "", 20),
        ("dr_bob", "actor={bob}", 20),
        ("dr_bob", "actor={stranger}", 0),
        ("dr_bob", "patient={alice}", 20),
        ("dr_bob", "patient={stranger}", 0),
        ("dr_bob", "action=health_records.record_opened", 20),
        ("dr_bob", "action=health_records.records_listed", 20),
        ("dr_bob", f"action={RARE}", 20),
        ("dr_bob", "action=care.nothing_done", 0),
        ("dr_bob", "outcome=ALLOWED", 20),
        ("dr_bob", "outcome=REFUSED", 20),
        ("dr_bob", "after=2000-01-01", 20),
        ("dr_bob", "before=2000-01-01", 0),
    )
]
STAFF = [
    Asked("/api/staff/verifications/", "sam", parameters)
    for parameters in ("", "status=PENDING", "status=VERIFIED", "status=REFUSED")
]
ACCOUNT = [
    Asked("/api/auth/sessions/", "alice"),
    Asked("/api/auth/sessions/", "sam", finds=1),
    Asked("/api/account/export/", "alice"),
]
# They count the patient's records, and so read each of them.
PREVIEWS = [
    Asked("/api/care/grants/{grant}/preview/", "alice", reads=OF_ALICE),
    Asked(
        "/api/care/grants/preview/",
        "alice",
        reads=OF_ALICE,
        body={"doctor_id": "{dr_bob}"},
    ),
]
LISTS = [
    *RECORDS_OF_ALICE,
    *RECORDS_OF_DR_BOB,
    *MY_PATIENTS,
    *NOTIFICATIONS,
    *DIRECTORY,
    *GRANTS,
    *ON_A_RECORD,
    *ACCESS_LOG,
    *STAFF,
    *ACCOUNT,
    *PREVIEWS,
]
