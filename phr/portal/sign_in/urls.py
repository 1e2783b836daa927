"""The addresses for signing in and out."""

from django.urls import path

from phr.portal.sign_in import views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", views.SignOut.as_view(), name="sign_out"),
]
