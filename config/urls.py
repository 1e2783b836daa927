"""Every address of the server."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("phr.api.pages.urls")),
    path("api/", include("phr.api.urls")),
    path("", include("phr.portal.urls")),
    path("", include("phr.api.health.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "phr.api.pages.error_views.bad_request"
handler403 = "phr.api.pages.error_views.forbidden"
handler404 = "phr.api.pages.error_views.not_found"
handler500 = "phr.api.pages.error_views.server_error"
