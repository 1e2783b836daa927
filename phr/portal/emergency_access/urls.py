"""The address of emergency access."""

from django.urls import path

from phr.portal.emergency_access.views import Emergency

urlpatterns = [path("", Emergency.as_view(), name="emergency")]
