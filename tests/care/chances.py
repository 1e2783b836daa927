"""What chance chooses from in test_agreement.py: people, terms of grants, times."""

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import strategies as st

from tests.care.installation import DOCTORS, PATIENTS
from tests.care.model_of_access import STAFF

INSTANT = timedelta(microseconds=1)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAYS = [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 20)]
VISITS = [
    datetime(2026, 1, 15, 12, tzinfo=UTC),
    datetime(2026, 3, 1, tzinfo=UTC) - INSTANT,
    datetime(2026, 3, 1, tzinfo=UTC),
    datetime(2026, 3, 2, tzinfo=UTC),
    datetime(2026, 3, 4, tzinfo=UTC),
    # Still the day before, and already the next day, where the visit was.
    datetime(2026, 3, 1, 23, 30, tzinfo=timezone(timedelta(hours=-7))),
    datetime(2026, 3, 2, 0, 30, tzinfo=timezone(timedelta(hours=14))),
]
TYPES = ["CHECKUP", "DIAGNOSIS", "LAB_RESULT"]
LASTING = [timedelta(hours=1), timedelta(days=1), timedelta(days=20)]

patients = st.sampled_from(PATIENTS)
doctors = st.sampled_from(DOCTORS)
people = st.sampled_from([*PATIENTS, *DOCTORS, STAFF])
assigners = st.sampled_from([*DOCTORS, STAFF])
owner_mostly = st.sampled_from([*["" for _ in range(12)], *PATIENTS, *DOCTORS, STAFF])
verbs = st.sampled_from(["accept", "decline", "change", "end"])
sides = st.sampled_from(["patient", "doctor", "staff"])
numbers = st.integers(0, 59)
types, visits = st.sampled_from(TYPES), st.sampled_from(VISITS)
terms = st.fixed_dictionaries(
    {},
    optional={
        "record_types": st.lists(types, unique=True, max_size=2).map(sorted),
        "records_since": st.sampled_from([None, *DAYS]),
        # How long from now; the last one is over before it begins.
        "expires_at": st.sampled_from([None, *LASTING, timedelta(0)]),
        "is_primary": st.booleans(),
    },
)
lasting = st.sampled_from(LASTING)
verified_for = st.sampled_from([*LASTING, timedelta(0)])
waits = st.sampled_from([timedelta(minutes=59), *LASTING])
first_records = st.tuples(patients, types, st.sampled_from(VISITS[:4]))
first_invitations = st.tuples(
    patients,
    doctors,
    st.fixed_dictionaries(
        {
            "record_types": st.sampled_from([[], TYPES[:1], TYPES[1:]]),
            "records_since": st.sampled_from([None, DAYS[0]]),
            "expires_at": st.sampled_from([None, *LASTING]),
        }
    ),
)
# To the very instant when something ends, or to the one before.
early = st.sampled_from([timedelta(0), INSTANT])
