"""Grants, previews and explanations, in the document."""

from functools import partial

from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer
from rest_framework.exceptions import PermissionDenied

from phr.api.grants.representations import ExplanationJson, GrantJson, PreviewJson
from phr.api.grants.serializers import (
    AskForAccessSerializer,
    InvitationSerializer,
    QuestionSerializer,
    TermsSerializer,
)
from phr.api.openapi.operation import (
    BAD_KEY,
    BAD_PAGE,
    ETAG,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    NO_RECENT_PROOF,
    STALE,
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

NOT_YOURS = "For everybody else the grant does not exist (404)."
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
NO_DOCTOR = NotFound(
    "This doctor does not exist, or you may not see them.", field="doctor_id"
)
FROM_PATIENTS = (
    "Patients must have entered a password or code within the last five minutes. They "
    "get a notification and a mail that they have given access."
)
list_grants = operation(
    "list_grants",
    "List your grants",
    "Patients see who may read their records; doctors see whose records they may "
    "read. Grants are listed in every state, latest first. `EXPIRED` means that the "
    "end time has passed. A doctor sees the patient's name only while the grant is "
    "open. Staff are refused.",
    responses=list[GrantJson],
    problems=(*BAD_PAGE, PermissionDenied()),
)
create_grant = operation(
    "create_grant",
    "Give a doctor access, or ask a patient for access",
    "A patient names a doctor, who can at once read what the terms cover. Terms that "
    "are left out mean everything, without an end. A doctor names a patient, and can "
    "read nothing until the patient accepts. The other side is notified. Staff are "
    f"refused. {FROM_PATIENTS}",
    request=GRANT_INPUT,
    parameters=[IDEMPOTENCY_KEY],
    responses={201: GrantJson},
    problems=(
        *BAD_KEY,
        BAD_INVITATION,
        *BAD_TERMS,
        PermissionDenied(),
        NO_RECENT_PROOF,
        NotVerified("Only verified doctors may ask a patient for access."),
        NO_DOCTOR,
        NotFound(
            "This patient does not exist, or you may not see them.",
            field="patient_id",
        ),
        AlreadyInCare(present=GrantStatus.ACTIVE),
        AlreadyRequested(present=GrantStatus.PENDING),
        wait(hours=7),
        DoctorNotVerified(field="doctor_id"),
    ),
)
read_grant = operation(
    "read_grant",
    "Read a grant",
    "The patient and the doctor can read it. Staff with the permission can too, but "
    f"without the reasons, which are private to patient and doctor. {NOT_YOURS}",
    parameters=[ETAG, IF_NONE_MATCH],
    responses={200: GrantJson, 304: None},
)
change_grant = operation(
    "change_grant",
    "Change the terms of a grant",
    "Only the patient can, while the grant is pending or active. The new terms apply "
    f"from the doctor's next request, and the doctor is notified. {NOT_YOURS} To give "
    "more access, longer access or the role of primary doctor, the patient must have "
    "entered a password or code within the last five minutes, and is notified as "
    "well. Reducing access requires neither.",
    parameters=[ETAG, IF_MATCH],
    responses=GrantJson,
    problems=(
        *STALE,
        *BAD_TERMS,
        NOT_THE_PATIENT,
        NO_RECENT_PROOF,
        GrantNotOpen(present=GrantStatus.ENDED),
        EmergencyGrantIsFixed(),
    ),
)
accept_grant = operation(
    "accept_grant",
    "Accept a doctor's request for access",
    "Only the patient can, once, on the requested terms or on other terms. The doctor "
    f"is notified. {NOT_YOURS} {FROM_PATIENTS}",
    parameters=[IDEMPOTENCY_KEY],
    responses=GrantJson,
    problems=(
        *BAD_KEY,
        *BAD_TERMS,
        NOT_THE_PATIENT,
        NO_RECENT_PROOF,
        GrantNotPending(present=GrantStatus.ACTIVE),
        DoctorNotVerified(),
    ),
)
decline_grant = operation(
    "decline_grant",
    "Decline a doctor's request for access",
    f"Only the patient can, once. The doctor is notified, without a name. {NOT_YOURS}",
    parameters=[IDEMPOTENCY_KEY],
    responses=GrantJson,
    problems=(*BAD_KEY, NOT_THE_PATIENT, GrantNotPending(present=GrantStatus.DECLINED)),
)
end_grant = operation(
    "end_grant",
    "End access at once",
    "The patient, the doctor and staff with the permission can, while the grant is "
    "pending or active. The doctor's next request finds nothing, and the other side "
    f"is notified. {NOT_YOURS}",
    parameters=[IDEMPOTENCY_KEY],
    responses=GrantJson,
    problems=(
        *BAD_KEY,
        GrantNotOpen(present=GrantStatus.ENDED),
    ),
)
preview_grant = operation(
    "preview_grant",
    "Preview what a doctor can see under a grant",
    "Lists exactly the records that the doctor can see under the grant now, with "
    "counts and reasons. Only the patient can use this, because the counts include "
    f"records that are hidden from the doctor. {NOT_YOURS}",
    parameters=PAGE,
    responses=PreviewJson,
    problems=(*BAD_PAGE, NOT_THE_PATIENT),
)
preview_terms = operation(
    "preview_terms",
    "Preview what a doctor could see",
    "The same for a grant that does not exist yet. It takes the same body as giving "
    "access and writes nothing. Send the same body to `next`. Only patients can use "
    "this.",
    parameters=PAGE,
    responses=PreviewJson,
    problems=(*BAD_PAGE, BAD_INVITATION, *BAD_TERMS, PermissionDenied(), NO_DOCTOR),
)
explain_access = operation(
    "explain_access",
    "Explain why a doctor can or cannot see a record",
    "Patients can ask about their own records; doctors can ask about themselves and "
    "the records that they can see. `grant` is the grant that gives access to the "
    "record, or the one that comes closest. A doctor or record that you may not see "
    "is a 404.",
    parameters=[QuestionSerializer],
    responses=ExplanationJson,
    problems=(
        raised(
            lambda: QuestionSerializer(data={"doctor": "bob"}).is_valid(
                raise_exception=True
            )
        ),
        NotFound(NEITHER),
    ),
)
