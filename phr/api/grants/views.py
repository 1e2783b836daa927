"""Grants: the patient's hand on who may read."""

from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request

from phr.accounts.models import User, UserType
from phr.accounts.reauthentication import has_proof
from phr.api.filters import cleaned
from phr.api.grants import docs
from phr.api.grants.filters import GrantFilter
from phr.api.grants.representations import represent_grant
from phr.api.grants.serializers import (
    AcceptSerializer,
    AskForAccessSerializer,
    InvitationSerializer,
    ReasonSerializer,
    TermsSerializer,
)
from phr.api.idempotency import once
from phr.api.json import Response
from phr.api.paging import RequestPagination
from phr.api.permissions import OnlyDoctorsAndPatients
from phr.api.preconditions import expected_by, tagged
from phr.api.views import ApiView, session_of, signed_in
from phr.audit.actions import Action
from phr.care import grants, lookups, services
from phr.care.models import CareGrant
from phr.core.preconditions import last_change


class Grants(ApiView):
    """One's own grants, whichever side one is on, the newest first."""

    queryset = CareGrant.objects.none()  # for the OpenAPI document
    permission_classes = (OnlyDoctorsAndPatients,)
    pagination_class = RequestPagination
    filterset_class = GrantFilter
    methods_that_need_proof = frozenset({"POST"})

    def needs_proof(self, request: Request) -> bool:
        """Patients open something; what doctors ask for waits for the patient."""
        invites = signed_in(request).user_type == UserType.PATIENT
        return invites and super().needs_proof(request)

    def get_serializer_class(self) -> Any:
        if signed_in(self.request).user_type == UserType.PATIENT:
            return InvitationSerializer
        return AskForAccessSerializer

    @docs.list_grants
    def get(self, request: Request) -> Response:
        reader = signed_in(request)
        state = cleaned(GrantFilter, request.query_params).get("status")
        page = self.read_page(partial(lookups.list_grants, reader, state))
        return self.get_paginated_response(
            [represent_grant(grant, reader) for grant in page]
        )

    @docs.create_grant
    def post(self, request: Request) -> Response:
        return once(request, partial(self.create, request))

    def create(self, request: Request) -> Response:
        actor = signed_in(request)
        values = self.valid(request)
        if actor.user_type == UserType.PATIENT:
            grant = services.invite_doctor(
                actor=actor,
                at=timezone.now(),
                doctor_id=values.pop("doctor_id"),
                reason=values.pop("reason", ""),
                terms=values,
            )
        else:
            grant = services.request_access(actor=actor, at=timezone.now(), **values)
        return Response(represent_grant(grant, actor), status=status.HTTP_201_CREATED)


class Grant(ApiView):
    """One grant."""

    serializer_class = TermsSerializer

    @docs.read_grant
    def get(self, request: Request, grant_id: UUID) -> Response:
        reader = signed_in(request)
        grant = lookups.find_grant_to_read(actor=reader, grant_id=grant_id)
        return tagged(request, represent_grant(grant, reader), last_change(grant))

    @docs.change_grant
    def patch(self, request: Request, grant_id: UUID) -> Response:
        actor = patient_who_may(request, grant_id, Action.GRANT_CHANGED)
        now = timezone.now()
        grant = grants.change_grant(
            actor=actor,
            grant_id=grant_id,
            at=now,
            terms=self.valid(request, partial=True),
            proved=has_proof(session_of(request), at=now),
            expected=expected_by(request),
        )
        return tagged(request, represent_grant(grant, actor), last_change(grant))


class AcceptGrant(ApiView):
    """Let in a doctor who has asked."""

    serializer_class = AcceptSerializer
    methods_that_need_proof = frozenset({"POST"})

    @docs.accept_grant
    def post(self, request: Request, grant_id: UUID) -> Response:
        patient_who_may(request, grant_id, Action.GRANT_ACCEPTED)
        return once(request, partial(self.accept, request, grant_id))

    def accept(self, request: Request, grant_id: UUID) -> Response:
        actor, terms = signed_in(request), self.valid(request)
        reason = terms.pop("reason", "")
        grant = grants.accept_grant(
            actor=actor,
            grant_id=grant_id,
            at=timezone.now(),
            terms=terms,
            reason=reason,
        )
        return Response(represent_grant(grant, actor))


class DeclineGrant(ApiView):
    """Answer no to a doctor who has asked."""

    serializer_class = ReasonSerializer

    @docs.decline_grant
    def post(self, request: Request, grant_id: UUID) -> Response:
        patient_who_may(request, grant_id, Action.GRANT_DECLINED)
        decline = partial(self.decline, request, grant_id)
        return once(request, decline, is_limited=False)

    def decline(self, request: Request, grant_id: UUID) -> Response:
        actor = signed_in(request)
        grant = grants.decline_grant(
            actor=actor, grant_id=grant_id, at=timezone.now(), **self.valid(request)
        )
        return Response(represent_grant(grant, actor))


class EndGrant(ApiView):
    """Close access with effect from the doctor's next request."""

    serializer_class = ReasonSerializer

    @docs.end_grant
    def post(self, request: Request, grant_id: UUID) -> Response:
        lookups.find_grant_to_end(actor=signed_in(request), grant_id=grant_id)
        end = partial(self.end, request, grant_id)
        return once(request, end, is_limited=False)

    def end(self, request: Request, grant_id: UUID) -> Response:
        actor = signed_in(request)
        grant = grants.end_grant(
            actor=actor, grant_id=grant_id, at=timezone.now(), **self.valid(request)
        )
        return Response(represent_grant(grant, actor))


def patient_who_may(request: Request, grant_id: UUID, action: Action) -> User:
    """Refuse everybody else before their input is looked at."""
    actor = signed_in(request)
    lookups.find_grant_as_patient(actor=actor, grant_id=grant_id, action=action)
    return actor
