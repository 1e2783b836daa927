from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "phr.operations"
    label = "operations"
