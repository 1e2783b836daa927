from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "phr.api"
    label = "api"
