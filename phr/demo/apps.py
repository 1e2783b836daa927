from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "phr.demo"
    label = "demo"
