"""Health records, and the doctors' patients."""

from functools import partial
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request

from phr.accounts.models import User, UserType
from phr.api.health_records import docs
from phr.api.health_records.filters import RecordFilter, record_filters
from phr.api.health_records.representations import (
    represent_deleted_record,
    represent_my_patient,
    represent_record,
)
from phr.api.health_records.serializers import RecordInputSerializer
from phr.api.idempotency import once
from phr.api.json import Response
from phr.api.paging import KeysetPagination, VisitPagination
from phr.api.permissions import OnlyDoctors, OnlyPatientsWrite
from phr.api.preconditions import expected_by, tagged
from phr.api.views import ApiView, signed_in
from phr.audit.actions import Action
from phr.core.public_url import public_url
from phr.health_records import reads, services
from phr.health_records.models import HealthRecord


class Records(ApiView):
    """Health records: a patient's own, or what a doctor's grants cover."""

    queryset = HealthRecord.objects.none()  # for the OpenAPI document
    permission_classes = (OnlyPatientsWrite,)
    serializer_class = RecordInputSerializer
    pagination_class = VisitPagination
    filterset_class = RecordFilter

    @docs.list_records
    def get(self, request: Request) -> Response:
        reader = signed_in(request)
        filters = record_filters(request.query_params)
        page = self.read_page(partial(reads.list_records, reader, filters))
        represent = represent_deleted_record if filters.deleted else represent_record
        return self.get_paginated_response([represent(row) for row in page])

    @docs.create_record
    def post(self, request: Request) -> Response:
        return once(request, partial(self.create, request))

    def create(self, request: Request) -> Response:
        record = services.create_record(
            actor=signed_in(request), now=timezone.now(), **self.valid(request)
        )
        return tagged(
            request,
            represent_record(record),
            str(record.version),
            status=status.HTTP_201_CREATED,
            headers={"Location": public_url(reverse("record", args=[record.id]))},
        )


class Record(ApiView):
    """One health record."""

    serializer_class = RecordInputSerializer

    @docs.read_record
    def get(self, request: Request, record_id: UUID) -> Response:
        record = reads.open_record(actor=signed_in(request), record_id=record_id)
        return tagged(request, represent_record(record), str(record.version))

    @docs.replace_record
    def put(self, request: Request, record_id: UUID) -> Response:
        return self.change(request, record_id, partial=False)

    @docs.change_record
    def patch(self, request: Request, record_id: UUID) -> Response:
        return self.change(request, record_id, partial=True)

    def change(self, request: Request, record_id: UUID, *, partial: bool) -> Response:
        actor = self.patient_who_may(request, record_id, Action.RECORD_CHANGED)
        record = services.change_record(
            actor=actor,
            record_id=record_id,
            now=timezone.now(),
            values=self.valid(request, partial=partial),
            expected=expected_by(request),
        )
        return tagged(request, represent_record(record), str(record.version))

    @docs.delete_record
    def delete(self, request: Request, record_id: UUID) -> Response:
        actor = self.patient_who_may(request, record_id, Action.RECORD_DELETED)
        services.delete_record(
            actor=actor,
            record_id=record_id,
            at=timezone.now(),
            expected=expected_by(request),
        )
        return Response(status=status.HTTP_204_NO_CONTENT)

    def patient_who_may(
        self, request: Request, record_id: UUID, action: Action
    ) -> User:
        """Refuse everybody else before their input is looked at."""
        actor = signed_in(request)
        services.find_record(
            actor=actor, record_id=record_id, action=action, role=UserType.PATIENT
        )
        return actor


class MyPatients(ApiView):
    """The patients in a doctor's care."""

    permission_classes = (OnlyDoctors,)
    pagination_class = KeysetPagination

    @docs.list_my_patients
    def get(self, request: Request) -> Response:
        doctor = signed_in(request)
        page = self.read_page(partial(reads.list_my_patients, doctor))
        return self.get_paginated_response([represent_my_patient(row) for row in page])
