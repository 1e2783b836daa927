"""The addresses of a patient's records."""

from django.urls import path

from phr.portal.records import views

urlpatterns = [
    path("", views.Records.as_view(), name="records"),
    path("<uuid:record_id>/", views.Record.as_view(), name="record"),
]
