"""The address of the document, under /api/."""

from django.urls import path

from phr.api.openapi import views

urlpatterns = [path("schema/", views.SchemaDocument.as_view(), name="schema")]
