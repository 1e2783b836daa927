"""The addresses of the access log."""

from django.urls import path

from phr.portal.access_log import check_views, views

urlpatterns = [
    path("", views.AccessLog.as_view(), name="access_log"),
    path("download/", views.DownloadLog.as_view(), name="access_log_download"),
    path("check/", check_views.CheckSeals.as_view(), name="access_log_check"),
]
