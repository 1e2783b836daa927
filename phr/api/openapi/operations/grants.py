"""Grants, previews and explanations, in the document."""

from rest_framework.exceptions import PermissionDenied

from phr.accounts.reauthentication import GIVE_IT, StepUpRequired
from phr.api.grants.serializers import (
    InvitationSerializer,
    QuestionSerializer,
    TermsSerializer,
)
from phr.api.openapi.operations.accounts import wait
from phr.api.openapi.operations.care import BAD_PAGE
from phr.api.openapi.operations.operation import Operation, raised, refused
from phr.api.openapi.people import (
    ASKED,
    ASKED_BY_DOCTOR,
    DR_BOB,
    DR_DAN,
    GRANT,
    PATIENT,
    RECORD,
    page,
)
from phr.care.choices import GrantStatus
from phr.care.grants import (
    DoctorNotVerified,
    EmergencyGrantIsFixed,
    ExpiryInThePast,
    GrantNotOpen,
    GrantNotPending,
    OpensNothing,
)
from phr.care.services import AlreadyInCare, AlreadyRequested, NotVerified
from phr.core.errors import NotAllowed, NotFound
from phr.health_records.access_explanation import NEITHER, SENTENCES

NOT_YOURS = "Grants of others are a 404, as if there were none."
NOT_THE_PATIENT = NotAllowed("Only the patient may do this with a grant.")
BAD_TERMS = (
    refused(
        TermsSerializer,
        {
            "record_types": ["HOROSCOPE"],
            "records_since": "yesterday",
            "expires_at": "2027-06-30T00:00:00",
            "is_primary": "no",
        },
    ),
    ExpiryInThePast(field="expires_at"),
    OpensNothing(field="records_since"),
)
BAD_INVITATION = refused(
    InvitationSerializer, {"doctor_id": "bob", "patient_id": PATIENT["id"]}
)
NARROW = {"record_types": ["DIAGNOSIS", "LAB_RESULT"], "records_since": "2026-01-01"}
INVITATION = {"doctor_id": DR_DAN["id"], **NARROW, "reason": "For the knee"}
INVITED = {
    **GRANT,
    **NARROW,
    "doctor": DR_DAN,
    "origin": "PATIENT",
    "is_primary": False,
    "reason": "For the knee",
}
REQUEST = {"patient_id": PATIENT["id"], "reason": "You are coming to my surgery"}
NO_DOCTOR = NotFound("There is no such doctor.", field="doctor_id")

FROM_PATIENTS = (
    "Of patients it wants a password or a code given within the last minutes, and they "
    "are told by notification and mail that they have given access."
)
STEP_UP = StepUpRequired(GIVE_IT)

LIST_GRANTS = Operation(
    "List one's grants",
    "Patients read who may see their records, doctors whose records they may see, in "
    "every state, the latest first. `EXPIRED` are those whose time is up. A doctor "
    "reads the patient's name only while the grant is open. Staff are refused.",
    answers={200: {"one grant": page(GRANT)}},
    problems=(*BAD_PAGE, PermissionDenied()),
)
CREATE_GRANT = Operation(
    "Let a doctor in, or ask a patient for access",
    "A patient names a doctor, who can read at once what the terms cover; what is left "
    "out means everything, without an end. A doctor names a patient, and can read "
    "nothing before the patient accepts. The other side is told. Staff are refused. "
    f"{FROM_PATIENTS}",
    requests={"a patient": INVITATION, "a doctor": REQUEST},
    answers={
        201: {
            "to a patient": INVITED,
            "to a doctor": ASKED_BY_DOCTOR | {"reason": REQUEST["reason"]},
        }
    },
    problems=(
        BAD_INVITATION,
        *BAD_TERMS,
        PermissionDenied(),
        STEP_UP,
        NotVerified("Only verified doctors may ask a patient for access."),
        NO_DOCTOR,
        NotFound("There is no such patient.", field="patient_id"),
        AlreadyInCare(present=GrantStatus.ACTIVE),
        AlreadyRequested(present=GrantStatus.PENDING),
        wait(hours=7),
        DoctorNotVerified(field="doctor_id"),
    ),
)
READ_GRANT = Operation(
    "Read a grant",
    "Both its sides may; staff with the right, too, but for the reasons, in which "
    "patient and doctor "
    f"speak to each other. {NOT_YOURS}",
    answers={
        200: {
            "a grant": GRANT,
            "to staff": {
                name: GRANT[name] for name in GRANT if not name.endswith("reason")
            },
        }
    },
)
CHANGE_GRANT = Operation(
    "Change how far a grant goes and how long",
    "The patient may, while it is pending or active; the next request of the doctor "
    f"meets the new terms, and the doctor is told. {NOT_YOURS} To let a doctor see "
    "more, for longer, or be the primary doctor wants a password or a code given "
    "within the last minutes, and the patient is told as well; less does not.",
    requests={"narrower": NARROW},
    answers={200: {"changed": GRANT | NARROW}},
    problems=(
        *BAD_TERMS,
        NOT_THE_PATIENT,
        STEP_UP,
        GrantNotOpen(present=GrantStatus.ENDED),
        EmergencyGrantIsFixed(),
    ),
)
ACCEPT_GRANT = Operation(
    "Let in a doctor who has asked",
    "The patient may, once, on the terms asked for or on others. The doctor is told. "
    f"{NOT_YOURS} {FROM_PATIENTS}",
    requests={"as asked": {}, "narrower": NARROW | {"reason": "Only for the knee"}},
    answers={
        200: {
            "accepted": {
                **ASKED,
                **NARROW,
                "status": "ACTIVE",
                "decision_reason": "Only for the knee",
                "decided_at": "2026-03-01T18:40:00Z",
            }
        }
    },
    problems=(
        *BAD_TERMS,
        NOT_THE_PATIENT,
        STEP_UP,
        GrantNotPending(present=GrantStatus.ACTIVE),
        DoctorNotVerified(),
    ),
)
DECLINE_GRANT = Operation(
    "Answer no to a doctor who has asked",
    f"The patient may, once. The doctor is told, without a name. {NOT_YOURS}",
    requests={"no more words": {}, "with a reason": {"reason": "I see somebody else"}},
    answers={
        200: {
            "declined": {
                **ASKED,
                "status": "DECLINED",
                "decision_reason": "I see somebody else",
                "decided_at": "2026-03-01T18:40:00Z",
            }
        }
    },
    problems=(NOT_THE_PATIENT, GrantNotPending(present=GrantStatus.DECLINED)),
)
END_GRANT = Operation(
    "Close access at once",
    "The patient, the doctor and staff with the right may, while the grant is pending "
    "or active. The "
    f"doctor's next request finds nothing; the other side is told. {NOT_YOURS}",
    requests={"no more words": {}, "with a reason": {"reason": "Healed"}},
    answers={
        200: {
            "ended": {
                **GRANT,
                "status": "ENDED",
                "is_primary": False,
                "end_reason": "Healed",
                "ended_at": "2026-04-20T07:30:00Z",
            }
        }
    },
    problems=(GrantNotOpen(present=GrantStatus.ENDED),),
)
SHOWN = {
    "visible": 1,
    "total": 1,
    "hidden": {"closed": None, "other_types": 0, "earlier_visits": 0},
    "because": "1 of 1, because the grant covers all of them.",
    **page(
        {name: RECORD[name] for name in ("id", "record_type", "title", "visit_date")}
    ),
}
NOTHING_SHOWN = {
    **SHOWN,
    "visible": 0,
    "hidden": {"closed": None, "other_types": 1, "earlier_visits": 0},
    "because": "0 of 1, because the others are: 1 of other types than the grant names.",
    "results": [],
}
PREVIEW_GRANT = Operation(
    "See what the doctor can see under a grant",
    "Exactly the records that the doctor of a grant can see under it now, with the "
    "figures and the reasons. Only the patient may look: the figures count what is "
    f"hidden from the doctor, too. {NOT_YOURS}",
    answers={200: {"everything": SHOWN}},
    problems=(*BAD_PAGE, NOT_THE_PATIENT),
)
PREVIEW_TERMS = Operation(
    "See what a doctor could see",
    "The same for a grant that is not given: it takes what inviting a doctor takes and "
    "writes nothing. Send the same body to `next`. Only patients may.",
    requests={"a patient": {"doctor_id": DR_BOB["id"], "record_types": ["CHECKUP"]}},
    answers={200: {"nothing": NOTHING_SHOWN}},
    problems=(*BAD_PAGE, BAD_INVITATION, *BAD_TERMS, PermissionDenied(), NO_DOCTOR),
)
EXPLAIN_ACCESS = Operation(
    "Explain why a doctor can or cannot see a record",
    "Patients ask about their own records, doctors about themselves and the records "
    "that they can see. `grant` is the one that opens the record, or the one that "
    "comes nearest to it. Whom and what one may not know about is a 404.",
    answers={
        200: {
            "can see": {
                "doctor": DR_BOB["id"],
                "record": RECORD["id"],
                "can_see": True,
                "code": "covered",
                "sentence": SENTENCES["covered"],
                "grant": GRANT,
            }
        }
    },
    problems=(
        raised(
            lambda: QuestionSerializer(data={"doctor": "bob"}).is_valid(
                raise_exception=True
            )
        ),
        NotFound(NEITHER),
    ),
)
