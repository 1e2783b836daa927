"""The addresses of the portal: each noun has its own."""

from django.urls import include, path

app_name = "portal"

# Tried in this order for each request: first what is asked for most.
urlpatterns = [
    path("records/", include("phr.portal.records.urls")),
    path("records/<uuid:record_id>/comments/", include("phr.portal.comments.urls")),
    path("patients/", include("phr.portal.patients.urls")),
    path("inbox/", include("phr.portal.inbox.urls")),
    path("access/log/", include("phr.portal.access_log.urls")),
    path("access/", include("phr.portal.access.urls")),
    path("", include("phr.portal.home.urls")),
    path("", include("phr.portal.sign_in.urls")),
    path("account/", include("phr.portal.account.urls")),
    path("emergency-card/", include("phr.portal.emergency_card.urls")),
    path("emergency/", include("phr.portal.emergency_access.urls")),
    path("language/", include("phr.portal.language.urls")),
    path("licence/", include("phr.portal.licence.urls")),
    path("requests/", include("phr.portal.requests.urls")),
    path("styleguide/", include("phr.portal.style_guide.urls")),
    path("staff/", include("phr.portal.staff.urls")),
]
