"""The addresses of exports of an account, under /api/."""

from django.urls import path

from phr.api.archive import views

urlpatterns = [
    path("account/export/", views.Exports.as_view()),
    path("account/export/schema/", views.ArchiveSchema.as_view()),
    path("account/export/<uuid:export_id>/", views.OneExport.as_view()),
    path("account/export/<uuid:export_id>/download/", views.ExportDownload.as_view()),
]
