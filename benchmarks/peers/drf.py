"""Peer (a): ModelSerializer, select_related and prefetch_related, under gunicorn.

As a good Django developer writes it: no query is asked twice, connections persist.
"""

from datetime import datetime
from uuid import UUID

from django.core import signing
from django.db.models import Prefetch, Q
from django.urls import path
from django.utils import timezone
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from phr.accounts.models import User
from phr.care.models import DoctorProfile
from phr.health_records.models import DoctorComment, HealthRecord


class UserSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ["id", "username", "email", "first_name", "last_name", "user_type"]


class NameSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ["id", "first_name", "last_name"]


class DoctorSerializer(serializers.ModelSerializer):
    user = NameSerializer()

    class Meta:
        model = DoctorProfile
        fields = ["id", "user", "specialization", "years_of_experience", "is_verified"]


class CommentSerializer(serializers.ModelSerializer):
    doctor = DoctorSerializer()

    class Meta:
        model = DoctorComment
        fields = ["id", "comment", "is_private", "doctor", "created_at", "updated_at"]


class HealthRecordSerializer(serializers.ModelSerializer):
    created_by = UserSerializer()
    doctor_comments = CommentSerializer(many=True)

    class Meta:
        model = HealthRecord
        fields = [
            *("id", "patient", "record_type", "title", "description", "symptoms"),
            *("diagnosis", "treatment", "medications", "visit_date", "created_by"),
            *("version", "created_at", "updated_at", "doctor_comments"),
        ]


class KeysetPages(BasePagination):
    signer = signing.Signer(salt="phr.api.paging")
    size = 20

    def paginate_queryset(self, queryset, request, view=None):
        self.request = request
        if cursor := request.query_params.get("cursor"):
            _, time, row_id = self.signer.unsign_object(cursor)
            at = datetime.fromisoformat(time)
            queryset = queryset.filter(
                Q(visit_date__lt=at) | Q(visit_date=at, id__lt=UUID(row_id))
            )
        rows = list(queryset.order_by("-visit_date", "-id")[: self.size + 1])
        self.last = rows[self.size - 1] if len(rows) > self.size else None
        return rows[: self.size]

    def get_paginated_response(self, data):
        return Response({"next": self.next(), "previous": None, "results": data})

    def next(self):
        if self.last is None:
            return None
        parts = [True, self.last.visit_date.isoformat(), str(self.last.id)]
        here = self.request.build_absolute_uri()
        return replace_query_param(here, "cursor", self.signer.sign_object(parts))


FOR_SEARCHES = [
    field.name
    for field in HealthRecord._meta.concrete_fields
    if field.name.startswith("search_")
]


class OwnRecords:
    serializer_class = HealthRecordSerializer

    def get_queryset(self):
        comments = DoctorComment.objects.filter(is_private=False)
        comments = comments.select_related("doctor__user")
        return (
            HealthRecord.objects.filter(
                patient__user=self.request.user, deleted_at=None
            )
            .defer(*FOR_SEARCHES)
            .select_related("created_by")
            .prefetch_related(
                Prefetch("doctor_comments", comments.order_by("-created_at", "-id"))
            )
        )


class Records(OwnRecords, ListAPIView):
    pagination_class = KeysetPages


class Record(OwnRecords, RetrieveAPIView):
    pass


class Now(ListAPIView):
    """What the bench waits for."""

    permission_classes = authentication_classes = ()

    def get(self, request):
        return Response({"now": timezone.now()})


urlpatterns = [
    path("health/", Now.as_view()),
    path("api/health-records/", Records.as_view()),
    path("api/health-records/<uuid:pk>/", Record.as_view()),
]
