"""Every address of the server."""

from django.contrib import admin
from django.urls import include, path

from phr.api.pages import account, health, pages

urlpatterns = [
    path("", pages.front, name="front"),
    path("health/", health.alive),
    path("health/ready/", health.ready),
    path("api/", include("phr.api.urls")),
    path("account/confirm-email/", account.confirm_email),
    path("account/reset-password/", account.reset_password),
    path("api-docs/", pages.guide, name="guide"),
    path("swagger/", pages.Swagger.as_view(), name="swagger"),
    path("redoc/", pages.Redoc.as_view(), name="redoc"),
    path("admin/", admin.site.urls),
]

handler400 = "phr.api.pages.errors.bad_request"
handler403 = "phr.api.pages.errors.forbidden"
handler404 = "phr.api.pages.errors.not_found"
handler500 = "phr.api.pages.errors.server_error"
