"""The addresses of signing up, in and out, and of profiles, under /api/."""

from django.urls import path

from phr.api.accounts import views

urlpatterns = [
    path("auth/register/", views.Register.as_view()),
    path("auth/login/", views.Login.as_view()),
    path("auth/token/refresh/", views.Refresh.as_view()),
    path("auth/logout/", views.Logout.as_view()),
    path("auth/profile/", views.Profile.as_view()),
]
