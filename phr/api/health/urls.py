"""The addresses of the health checks."""

from django.urls import path

from phr.api.health import views

urlpatterns = [
    path("health/", views.alive),
    path("health/ready/", views.ready),
]
