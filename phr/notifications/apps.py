from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "phr.notifications"
    label = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from phr.notifications import (  # noqa: F401 - subscribes them
            account_handlers,
            care_handlers,
            email_delivery,
            record_handlers,
        )
