"""The addresses of the staff's dashboard."""

from django.urls import path

from phr.portal.staff import decide_views, views

urlpatterns = [
    path("", views.Dashboard.as_view(), name="staff"),
    path("readiness/", views.Readiness.as_view(), name="readiness"),
    path("assign/", decide_views.Assign.as_view(), name="assign"),
    path(
        "doctors/<uuid:doctor_id>/decide/",
        decide_views.DecideOnDoctor.as_view(),
        name="decide_on_doctor",
    ),
    path(
        "emergencies/<uuid:emergency_id>/review/",
        decide_views.ReviewEmergency.as_view(),
        name="review_emergency",
    ),
]
