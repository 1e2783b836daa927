"""The addresses of grants, under /api/."""

from django.urls import path

from phr.api.grants import preview_views, views

urlpatterns = [
    path("care/grants/", views.Grants.as_view()),
    path("care/grants/preview/", preview_views.TermsPreview.as_view()),
    path("care/grants/<uuid:grant_id>/", views.Grant.as_view()),
    path("care/grants/<uuid:grant_id>/accept/", views.AcceptGrant.as_view()),
    path("care/grants/<uuid:grant_id>/decline/", views.DeclineGrant.as_view()),
    path("care/grants/<uuid:grant_id>/end/", views.EndGrant.as_view()),
    path("care/grants/<uuid:grant_id>/preview/", preview_views.GrantPreview.as_view()),
    path("care/explain/", preview_views.Explain.as_view()),
]
