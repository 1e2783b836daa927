"""Grants, previews and explanations, in the document."""

from functools import partial

from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer
from rest_framework.exceptions import PermissionDenied

from phr.api.grants.serializers import (
    AskForAccessSerializer,
    ExplanationSerializer,
    GrantSerializer,
    InvitationSerializer,
    PreviewSerializer,
    QuestionSerializer,
    TermsSerializer,
)
from phr.api.openapi.operation import (
    BAD_PAGE,
    NO_RECENT_PROOF,
    documented,
    raised,
    refused,
    wait,
)
from phr.api.paging import PARAMETERS
from phr.care.choices import GrantStatus
from phr.care.grants import (
    AlreadyInCare,
    AlreadyRequested,
    DoctorNotVerified,
    EmergencyGrantIsFixed,
    GrantNotOpen,
    GrantNotPending,
)
from phr.care.services import NotVerified
from phr.care.terms import ExpiryInThePast, OpensNothing
from phr.core.errors import NotAllowed, NotFound
from phr.health_records.access_explanation import NEITHER

operation = partial(documented, tags=["care"])

PAGE = [
    OpenApiParameter(found["name"], found["schema"], description=found["description"])
    for found in PARAMETERS
]

GRANT_INPUT = PolymorphicProxySerializer(
    component_name="GrantInput",
    serializers=[InvitationSerializer, AskForAccessSerializer],
    resource_type_field_name=None,
)

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
    InvitationSerializer,
    {
        "doctor_id": "bob",
        "patient_id": "0198c0aa-3f1c-7d08-a1b6-e4c97d250f11",
    },
)
NO_DOCTOR = NotFound("There is no such doctor.", field="doctor_id")
FROM_PATIENTS = (
    "Of patients it wants a password or a code given within the last minutes, and they "
    "are told by notification and mail that they have given access."
)
list_grants = operation(
    "list_grants",
    "List one's grants",
    "Patients read who may see their records, doctors whose records they may see, in "
    "every state, the latest first. `EXPIRED` are those whose time is up. A doctor "
    "reads the patient's name only while the grant is open. Staff are refused.",
    responses=GrantSerializer(many=True),
    problems=(*BAD_PAGE, PermissionDenied()),
)
create_grant = operation(
    "create_grant",
    "Let a doctor in, or ask a patient for access",
    "A patient names a doctor, who can read at once what the terms cover; what is left "
    "out means everything, without an end. A doctor names a patient, and can read "
    "nothing before the patient accepts. The other side is told. Staff are refused. "
    f"{FROM_PATIENTS}",
    request=GRANT_INPUT,
    responses={201: GrantSerializer},
    problems=(
        BAD_INVITATION,
        *BAD_TERMS,
        PermissionDenied(),
        NO_RECENT_PROOF,
        NotVerified("Only verified doctors may ask a patient for access."),
        NO_DOCTOR,
        NotFound("There is no such patient.", field="patient_id"),
        AlreadyInCare(present=GrantStatus.ACTIVE),
        AlreadyRequested(present=GrantStatus.PENDING),
        wait(hours=7),
        DoctorNotVerified(field="doctor_id"),
    ),
)
read_grant = operation(
    "read_grant",
    "Read a grant",
    "Both its sides may; staff with the right, too, but for the reasons, in which "
    "patient and doctor "
    f"speak to each other. {NOT_YOURS}",
    responses=GrantSerializer,
)
change_grant = operation(
    "change_grant",
    "Change how far a grant goes and how long",
    "The patient may, while it is pending or active; the next request of the doctor "
    f"meets the new terms, and the doctor is told. {NOT_YOURS} To let a doctor see "
    "more, for longer, or be the primary doctor wants a password or a code given "
    "within the last minutes, and the patient is told as well; less does not.",
    responses=GrantSerializer,
    problems=(
        *BAD_TERMS,
        NOT_THE_PATIENT,
        NO_RECENT_PROOF,
        GrantNotOpen(present=GrantStatus.ENDED),
        EmergencyGrantIsFixed(),
    ),
)
accept_grant = operation(
    "accept_grant",
    "Let in a doctor who has asked",
    "The patient may, once, on the terms asked for or on others. The doctor is told. "
    f"{NOT_YOURS} {FROM_PATIENTS}",
    responses=GrantSerializer,
    problems=(
        *BAD_TERMS,
        NOT_THE_PATIENT,
        NO_RECENT_PROOF,
        GrantNotPending(present=GrantStatus.ACTIVE),
        DoctorNotVerified(),
    ),
)
decline_grant = operation(
    "decline_grant",
    "Answer no to a doctor who has asked",
    f"The patient may, once. The doctor is told, without a name. {NOT_YOURS}",
    responses=GrantSerializer,
    problems=(NOT_THE_PATIENT, GrantNotPending(present=GrantStatus.DECLINED)),
)
end_grant = operation(
    "end_grant",
    "Close access at once",
    "The patient, the doctor and staff with the right may, while the grant is pending "
    "or active. The "
    f"doctor's next request finds nothing; the other side is told. {NOT_YOURS}",
    responses=GrantSerializer,
    problems=(GrantNotOpen(present=GrantStatus.ENDED),),
)
preview_grant = operation(
    "preview_grant",
    "See what the doctor can see under a grant",
    "Exactly the records that the doctor of a grant can see under it now, with the "
    "figures and the reasons. Only the patient may look: the figures count what is "
    f"hidden from the doctor, too. {NOT_YOURS}",
    parameters=PAGE,
    responses=PreviewSerializer,
    problems=(*BAD_PAGE, NOT_THE_PATIENT),
)
preview_terms = operation(
    "preview_terms",
    "See what a doctor could see",
    "The same for a grant that is not given: it takes what inviting a doctor takes and "
    "writes nothing. Send the same body to `next`. Only patients may.",
    parameters=PAGE,
    responses=PreviewSerializer,
    problems=(*BAD_PAGE, BAD_INVITATION, *BAD_TERMS, PermissionDenied(), NO_DOCTOR),
)
explain_access = operation(
    "explain_access",
    "Explain why a doctor can or cannot see a record",
    "Patients ask about their own records, doctors about themselves and the records "
    "that they can see. `grant` is the one that opens the record, or the one that "
    "comes nearest to it. Whom and what one may not know about is a 404.",
    parameters=[QuestionSerializer],
    responses=ExplanationSerializer,
    problems=(
        raised(
            lambda: QuestionSerializer(data={"doctor": "bob"}).is_valid(
                raise_exception=True
            )
        ),
        NotFound(NEITHER),
    ),
)
