"""The address of the first page."""

from django.urls import path

from phr.portal.home.views import Home

urlpatterns = [path("", Home.as_view(), name="home")]
