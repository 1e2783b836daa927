"""What a doctor can see, and why: for the patient to look at beforehand."""

from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request

from phr.api.grants import docs
from phr.api.grants.representations import (
    represent_explanation,
    represent_preview,
    represent_record_summary,
)
from phr.api.grants.serializers import InvitationSerializer, QuestionSerializer
from phr.api.json import Response
from phr.api.paging import VisitPagination
from phr.api.permissions import OnlyPatients
from phr.api.views import ApiView, signed_in
from phr.health_records import access_explanation, grant_preview
from phr.health_records.grant_preview import Preview


class GrantPreview(ApiView):
    """What the doctor of a grant can see under it now."""

    pagination_class = VisitPagination

    @docs.preview_grant
    def get(self, request: Request, grant_id: UUID) -> Response:
        actor = signed_in(request)
        found = grant_preview.preview_grant(
            actor=actor, grant_id=grant_id, at=timezone.now()
        )
        return preview_page(self, found)


class TermsPreview(ApiView):
    """What a doctor could see if they were given a grant; it takes the same body."""

    pagination_class = VisitPagination
    permission_classes = (OnlyPatients,)
    serializer_class = InvitationSerializer

    def known_parameters(self, request: Request) -> set[str]:
        return {"cursor", "page_size"}

    @docs.preview_terms
    def post(self, request: Request) -> Response:
        values = self.valid(request)
        values.pop("reason", "")
        found = grant_preview.preview_terms(
            actor=signed_in(request),
            doctor_id=values.pop("doctor_id"),
            terms=values,
            at=timezone.now(),
        )
        return preview_page(self, found)


def preview_page(view: ApiView, found: Preview) -> Response:
    """A page of what a preview shows, with its figures."""
    page = view.read_page(found.list_shown)
    return view.get_paginated_response(
        [represent_record_summary(row) for row in page], **represent_preview(found)
    )


class Explain(ApiView):
    """Why a doctor can or cannot see a record."""

    serializer_class = QuestionSerializer

    def known_parameters(self, request: Request) -> set[str]:
        return {"doctor", "record"}

    @docs.explain_access
    def get(self, request: Request) -> Response:
        reader = signed_in(request)
        question = QuestionSerializer(data=request.query_params.dict())
        question.is_valid(raise_exception=True)
        asked = question.validated_data
        found = access_explanation.explain(
            actor=reader,
            doctor_id=asked["doctor"],
            record_id=asked["record"],
            at=timezone.now(),
        )
        return Response(represent_explanation(found, reader))
