"""The addresses of a patient's records."""

from django.urls import path

from phr.portal.records import views, writing_views

urlpatterns = [
    path("", views.Records.as_view(), name="records"),
    path("new/", writing_views.AddRecord.as_view(), name="record_add"),
    path("deleted/", writing_views.DeletedRecords.as_view(), name="records_deleted"),
    path("<uuid:record_id>/", views.Record.as_view(), name="record"),
    path(
        "<uuid:record_id>/changes/",
        views.RecordHistory.as_view(),
        name="record_history",
    ),
    path(
        "<uuid:record_id>/edit/",
        writing_views.EditRecord.as_view(),
        name="record_edit",
    ),
    path(
        "<uuid:record_id>/delete/",
        writing_views.DeleteRecord.as_view(),
        name="record_delete",
    ),
    path(
        "<uuid:record_id>/restore/",
        writing_views.RestoreRecord.as_view(),
        name="record_restore",
    ),
]
