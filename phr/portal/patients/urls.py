"""The addresses of a doctor's patients."""

from django.urls import path

from phr.portal.patients import views
from phr.portal.patients.hand_over_view import HandOver

urlpatterns = [
    path("", views.Patients.as_view(), name="patients"),
    path("<uuid:patient_id>/", views.Chart.as_view(), name="chart"),
    path("<uuid:patient_id>/hand-over/", HandOver.as_view(), name="hand_over"),
]
