from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "phr.portal"
    label = "portal"
