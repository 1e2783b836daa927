"""The addresses of the access log, under /api/."""

from django.urls import path

from phr.api.audit import ledger_check_views, views

urlpatterns = [
    path("access-log/", views.AccessLog.as_view()),
    path("access-log/csv/", views.AccessLogDownload.as_view()),
    path("access-log/verify/", ledger_check_views.VerifyLedger.as_view()),
]
