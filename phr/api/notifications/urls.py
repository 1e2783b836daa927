"""The addresses of the inbox, under /api/."""

from django.urls import path

from phr.api.notifications import preference_views, views

urlpatterns = [
    path("notifications/", views.Notifications.as_view()),
    path("notifications/preferences/", preference_views.Preferences.as_view()),
    path("notifications/mark-all-read/", views.ReadAllNotifications.as_view()),
    path(
        "notifications/<uuid:notification_id>/read/", views.ReadNotification.as_view()
    ),
]
