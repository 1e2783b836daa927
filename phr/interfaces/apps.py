from django.apps import AppConfig


class InterfacesConfig(AppConfig):
    name = "phr.interfaces"
    label = "interfaces"
