from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "phr.notifications"
    label = "notifications"

    def ready(self) -> None:
        from phr.notifications import handlers  # noqa: F401 - subscribes them
