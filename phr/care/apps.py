from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "phr.care"
    label = "care"
