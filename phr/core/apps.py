from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "phr.core"
    label = "core"
    verbose_name = _("Outbox")

    def ready(self) -> None:
        from phr.core import backing_services  # noqa: F401 - has its check registered

        autodiscover_modules("events")  # every kind that may be in the outbox
        autodiscover_modules("gauges")  # every state that metrics tell
