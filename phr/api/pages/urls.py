"""The addresses of the pages for people."""

from django.urls import path

from phr.api.pages import views

urlpatterns = [
    path("api/", views.front, name="front"),
    path("api-docs/", views.guide, name="guide"),
    path("swagger/", views.Swagger.as_view(), name="swagger"),
    path("redoc/", views.Redoc.as_view(), name="redoc"),
]
