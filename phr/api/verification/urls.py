"""The addresses of doctors' licences, under /api/."""

from django.urls import path

from phr.api.verification import views

urlpatterns = [
    path("care/verification/", views.Verification.as_view()),
    path("staff/verifications/", views.Verifications.as_view()),
    path("staff/doctors/<uuid:doctor_id>/verify/", views.DecideOnDoctor.as_view()),
]
