"""The addresses of doctors, under /api/."""

from django.urls import path

from phr.api.care import views

urlpatterns = [
    path("auth/doctors/", views.Doctors.as_view()),
    path("auth/assign-doctor/", views.AssignDoctor.as_view()),
]
