"""What doctors hand in, and how staff decide about it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework.test import APIClient

from phr.care.models import DoctorProfile, DoctorVerification

OWN = "/api/care/verification/"
STAFF = "/api/staff/verifications/"
LICENSE = {
    "license_number": "MED-7",
    "authority": "Medical Board",
    "document_reference": "Register 12, page 7",
}
YEAR = timedelta(days=365)


def in_a_year() -> str:
    return (timezone.now() + YEAR).isoformat()


def decide(client: APIClient, doctor: Any, **body: Any) -> Any:
    url = f"/api/staff/doctors/{doctor.pk}/verify/"
    return client.post(url, body, format="json")


def verify(client: APIClient, doctor: Any, **body: Any) -> Any:
    return decide(client, doctor, decision="VERIFY", valid_until=in_a_year(), **body)


def states_of(doctor: DoctorProfile) -> list[tuple[str, str]]:
    rows = DoctorVerification.objects.filter(doctor=doctor).order_by("pk")
    return [(row.license_number, row.status) for row in rows]
