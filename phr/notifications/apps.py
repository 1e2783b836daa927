from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "phr.notifications"
    label = "notifications"

    def ready(self) -> None:
        from phr.notifications import (  # noqa: F401 - subscribes them
            account_handlers,
            care_handlers,
            email_delivery,
            record_handlers,
        )
