"""The address of the emergency card."""

from django.urls import path

from phr.portal.emergency_card.views import EmergencyCard

urlpatterns = [path("", EmergencyCard.as_view(), name="emergency_card")]
