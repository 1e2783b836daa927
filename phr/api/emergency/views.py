"""A doctor's way in when nobody can be asked."""

from functools import partial
from typing import Any

from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request

from phr.api.emergency import docs
from phr.api.emergency.serializers import (
    NAMES,
    EmergencyByIdSerializer,
    EmergencyByNameSerializer,
    names_by_username,
)
from phr.api.grants.representations import represent_grant
from phr.api.idempotency import once
from phr.api.json import Response
from phr.api.permissions import OnlyDoctors
from phr.api.views import ApiView, session_of, signed_in
from phr.care.emergency_access import NamedPatient, open_emergency_access
from phr.identity.second_factor_rules import insist_on_strong_session


class Emergency(ApiView):
    """Read a patient's records without being let in, for a while, and be seen."""

    permission_classes = (OnlyDoctors,)
    methods_that_need_proof = frozenset({"POST"})

    def get_serializer_class(self) -> Any:
        if names_by_username(self.request.data):
            return EmergencyByNameSerializer
        return EmergencyByIdSerializer

    @docs.open_emergency_access
    def post(self, request: Request) -> Response:
        insist_on_strong_session(session_of(request))
        return once(request, partial(self.open, request))

    def open(self, request: Request) -> Response:
        actor, values = signed_in(request), self.valid(request)
        named = NamedPatient(
            **{name: values.pop(name) for name in NAMES if name in values}
        )
        grant = open_emergency_access(
            actor=actor, named=named, at=timezone.now(), **values
        )
        return Response(represent_grant(grant, actor), status=status.HTTP_201_CREATED)
