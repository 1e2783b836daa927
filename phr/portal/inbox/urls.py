"""The addresses of the inbox."""

from django.urls import path

from phr.portal.inbox import views

urlpatterns = [
    path("", views.Inbox.as_view(), name="inbox"),
    path("count/", views.UnreadCount.as_view(), name="inbox_count"),
    path("read/", views.ReadAll.as_view(), name="inbox_read_all"),
    path("<uuid:notification_id>/read/", views.ReadOne.as_view(), name="inbox_read"),
]
