"""Doctors, patients, and their assignments."""

from functools import partial

from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request

from phr.accounts.rights import Right, has_right
from phr.api.care import docs
from phr.api.care.filters import DoctorFilter
from phr.api.care.representations import (
    represent_assigned,
    represent_listed_doctor,
    represent_requested,
)
from phr.api.care.serializers import AssignmentSerializer
from phr.api.filters import cleaned
from phr.api.idempotency import once
from phr.api.json import Response
from phr.api.paging import KeysetPagination
from phr.api.permissions import OnlyDoctorsAndStaff
from phr.api.views import ApiView, signed_in
from phr.care import services
from phr.care.choices import GrantStatus
from phr.care.doctor_directory import DoctorFilters, list_doctors
from phr.care.models import DoctorProfile
from phr.care.profiles import visible_parts


class Doctors(ApiView):
    """The directory of doctors."""

    queryset = DoctorProfile.objects.none()  # for the OpenAPI document
    pagination_class = KeysetPagination
    filterset_class = DoctorFilter

    @docs.list_doctors
    def get(self, request: Request) -> Response:
        filters = DoctorFilters(**cleaned(DoctorFilter, request.query_params))
        reader = signed_in(request)
        page = self.read_page(partial(list_doctors, reader, filters))
        licensed = has_right(reader, Right.SEE_DOCTORS)
        return self.get_paginated_response(
            [
                represent_listed_doctor(doctor, reader, licensed=licensed)
                for doctor in page
            ]
        )


class AssignDoctor(ApiView):
    """Put a patient in a doctor's care, at once or when the patient agrees."""

    permission_classes = (OnlyDoctorsAndStaff,)
    serializer_class = AssignmentSerializer
    methods_that_need_proof = frozenset({"POST"})

    def needs_proof(self, request: Request) -> bool:
        """Unless it waits for the patient."""
        at_once = services.assigns_at_once(signed_in(request))
        return at_once and super().needs_proof(request)

    @docs.assign_doctor
    def post(self, request: Request) -> Response:
        return once(request, partial(self.assign, request))

    def assign(self, request: Request) -> Response:
        actor = signed_in(request)
        grant = services.assign_doctor(
            actor=actor, at=timezone.now(), **self.valid(request)
        )
        if grant.status == GrantStatus.PENDING:
            answer = represent_requested(grant, actor)
            return Response(answer, status=status.HTTP_202_ACCEPTED)
        return Response(represent_assigned(grant, visible_parts(actor)))
