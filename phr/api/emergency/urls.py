"""The addresses of emergency access, under /api/."""

from django.urls import path

from phr.api.emergency import views

urlpatterns = [
    path("care/emergency/", views.Emergency.as_view()),
]
