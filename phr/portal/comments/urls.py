"""The addresses of comments, behind that of their record."""

from django.urls import path

from phr.portal.comments import views

urlpatterns = [
    path("", views.AddComment.as_view(), name="add_comment"),
    path("<uuid:comment_id>/", views.ChangeComment.as_view(), name="comment"),
    path(
        "<uuid:comment_id>/delete/",
        views.DeleteComment.as_view(),
        name="delete_comment",
    ),
]
