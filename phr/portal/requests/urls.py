"""The addresses of a doctor's requests and accesses."""

from django.urls import path

from phr.portal.requests import views

urlpatterns = [
    path("", views.Requests.as_view(), name="requests"),
    path("ask/", views.Ask.as_view(), name="ask"),
    path("take-over/", views.TakeOver.as_view(), name="take_over"),
    path("<uuid:grant_id>/end/", views.EndAccess.as_view(), name="end_access"),
]
