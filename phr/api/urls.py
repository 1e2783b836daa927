"""The addresses under /api/."""

from django.urls import path, re_path

from phr.api.accounts import views as accounts
from phr.api.care import views as care
from phr.api.health_records import comment_views as comments
from phr.api.health_records import views as records
from phr.api.notifications import views as notifications
from phr.api.pages.schema import SchemaDocument
from phr.api.views import UnknownPath

urlpatterns = [
    path("auth/register/", accounts.Register.as_view()),
    path("auth/login/", accounts.Login.as_view()),
    path("auth/token/refresh/", accounts.Refresh.as_view()),
    path("auth/logout/", accounts.Logout.as_view()),
    path("auth/profile/", accounts.Profile.as_view()),
    path("auth/doctors/", care.Doctors.as_view()),
    path("auth/assign-doctor/", care.AssignDoctor.as_view()),
    path("health-records/", records.Records.as_view()),
    path("health-records/my-patients/", records.MyPatients.as_view()),
    path("health-records/<uuid:record_id>/", records.Record.as_view(), name="record"),
    path("health-records/<uuid:record_id>/comments/", comments.Comments.as_view()),
    path(
        "health-records/<uuid:record_id>/comments/<uuid:comment_id>/",
        comments.Comment.as_view(),
    ),
    path("notifications/", notifications.Notifications.as_view()),
    path("notifications/mark-all-read/", notifications.ReadAllNotifications.as_view()),
    path(
        "notifications/<uuid:notification_id>/read/",
        notifications.ReadNotification.as_view(),
    ),
    path("schema/", SchemaDocument.as_view(), name="schema"),
    re_path(r"", UnknownPath.as_view()),
]
