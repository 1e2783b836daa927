"""The addresses under /api/: each noun has its own."""

from django.urls import include, path, re_path

from phr.api.views import UnknownPath

urlpatterns = [
    path("", include("phr.api.health_records.urls")),
    path("", include("phr.api.notifications.urls")),
    path("", include("phr.api.care.urls")),
    path("", include("phr.api.accounts.urls")),
    path("", include("phr.api.identity.urls")),
    path("", include("phr.api.grants.urls")),
    path("", include("phr.api.emergency.urls")),
    path("", include("phr.api.verification.urls")),
    path("", include("phr.api.audit.urls")),
    path("", include("phr.api.archive.urls")),
    path("", include("phr.api.erasure.urls")),
    path("", include("phr.api.openapi.urls")),
    re_path(r"", UnknownPath.as_view()),
]
