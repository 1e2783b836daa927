from django.urls import path

from phr.portal.language import views

urlpatterns = [path("", views.Language.as_view(), name="language")]
