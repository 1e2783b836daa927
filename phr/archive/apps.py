from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "phr.archive"
    label = "archive"
