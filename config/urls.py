"""Every address of the server."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/", include("phr.api.urls")),
    path("", include("phr.api.health.urls")),
    path("", include("phr.api.pages.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "phr.api.pages.errors.bad_request"
handler403 = "phr.api.pages.errors.forbidden"
handler404 = "phr.api.pages.errors.not_found"
handler500 = "phr.api.pages.errors.server_error"
