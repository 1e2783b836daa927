"""The addresses of access to a patient's records."""

from django.urls import path

from phr.portal.access import answer_views, grant_views, invite_views, views

urlpatterns = [
    path("", views.Access.as_view(), name="access"),
    path("all/", views.AllAccess.as_view(), name="access_all"),
    path("invite/", invite_views.Invite.as_view(), name="access_invite"),
    path(
        "<uuid:grant_id>/change/",
        grant_views.ChangeAccess.as_view(),
        name="access_change",
    ),
    path("<uuid:grant_id>/end/", grant_views.EndAccess.as_view(), name="access_end"),
    path(
        "<uuid:grant_id>/preview/",
        grant_views.PreviewAccess.as_view(),
        name="access_preview",
    ),
    path(
        "<uuid:grant_id>/accept/",
        answer_views.AcceptRequest.as_view(),
        name="access_accept",
    ),
    path(
        "<uuid:grant_id>/decline/",
        answer_views.DeclineRequest.as_view(),
        name="access_decline",
    ),
]
