from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "phr.archive"
    label = "archive"

    def ready(self) -> None:
        from phr.archive import handlers  # noqa: F401 - subscribes them
