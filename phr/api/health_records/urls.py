"""The addresses of records, comments and their history, under /api/."""

from django.urls import path

from phr.api.health_records import comment_views, history_views, views

urlpatterns = [
    path("health-records/", views.Records.as_view()),
    path("health-records/my-patients/", views.MyPatients.as_view()),
    path("health-records/<uuid:record_id>/", views.Record.as_view(), name="record"),
    path("health-records/<uuid:record_id>/history/", history_views.History.as_view()),
    path("health-records/<uuid:record_id>/restore/", history_views.Restore.as_view()),
    path("health-records/<uuid:record_id>/comments/", comment_views.Comments.as_view()),
    path(
        "health-records/<uuid:record_id>/comments/<uuid:comment_id>/",
        comment_views.Comment.as_view(),
    ),
]
