"""The address of a doctor's licence."""

from django.urls import path

from phr.portal.licence.views import Licence

urlpatterns = [path("", Licence.as_view(), name="licence")]
