"""Doctors submit licences, and staff decide about them."""

from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request

from phr.api.filters import cleaned
from phr.api.idempotency import once
from phr.api.json import Response
from phr.api.paging import KeysetPagination
from phr.api.permissions import OnlyDoctors, OnlyStaff, OnlyStaffWhoSeeLicenses
from phr.api.verification import docs
from phr.api.verification.filters import VerificationFilter
from phr.api.verification.representations import (
    represent_standing,
    represent_verification,
    represent_verification_for_staff,
)
from phr.api.verification.serializers import (
    REFUSE,
    LicenseSerializer,
    RefuseSerializer,
    VerifySerializer,
    is_refusal,
)
from phr.api.views import ApiView, signed_in
from phr.care import verification
from phr.care.choices import VerificationStatus
from phr.care.models import DoctorVerification
from phr.care.verification_reads import latest_license, list_licenses


class Verification(ApiView):
    """A doctor's own licence and verification."""

    permission_classes = (OnlyDoctors,)
    serializer_class = LicenseSerializer
    methods_that_need_proof = frozenset({"POST"})

    @docs.read_verification
    def get(self, request: Request) -> Response:
        user = signed_in(request)
        latest = latest_license(user)
        return Response(represent_standing(user.doctor_profile, latest))

    @docs.hand_in_license
    def post(self, request: Request) -> Response:
        return once(request, partial(self.hand_in, request))

    def hand_in(self, request: Request) -> Response:
        handed_in = verification.hand_in_license(
            actor=signed_in(request), **self.valid(request)
        )
        answer = represent_verification(handed_in)
        return Response(answer, status=status.HTTP_201_CREATED)


class Verifications(ApiView):
    """The submitted licences, for staff."""

    queryset = DoctorVerification.objects.none()  # for the OpenAPI document
    permission_classes = (OnlyStaffWhoSeeLicenses,)
    pagination_class = KeysetPagination
    filterset_class = VerificationFilter

    @docs.list_verifications
    def get(self, request: Request) -> Response:
        asked = cleaned(VerificationFilter, request.query_params)
        status = asked.get("status", VerificationStatus.PENDING)
        page = self.read_page(partial(list_licenses, signed_in(request), status))
        return self.get_paginated_response(
            [represent_verification_for_staff(row) for row in page]
        )


class DecideOnDoctor(ApiView):
    """Say whether a doctor is who they say."""

    permission_classes = (OnlyStaff,)
    methods_that_need_proof = frozenset({"POST"})

    def get_serializer_class(self) -> Any:
        return RefuseSerializer if is_refusal(self.request.data) else VerifySerializer

    @docs.decide_on_doctor
    def post(self, request: Request, doctor_id: UUID) -> Response:
        actor = signed_in(request)
        # Before the body is read: people who may not decide learn nothing about it.
        verification.insist_on_right_to_verify(actor, doctor_id)
        return once(request, partial(self.decide, request, doctor_id))

    def decide(self, request: Request, doctor_id: UUID) -> Response:
        actor, values = signed_in(request), self.valid(request)
        refuses = values.pop("decision") == REFUSE
        decide = verification.refuse_doctor if refuses else verification.verify_doctor
        decided = decide(actor=actor, doctor_id=doctor_id, at=timezone.now(), **values)
        return Response(represent_verification_for_staff(decided))
