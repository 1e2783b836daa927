"""The address of the style guide."""

from django.urls import path

from phr.portal.style_guide.views import StyleGuide

urlpatterns = [path("", StyleGuide.as_view(), name="style_guide")]
