from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ErasureConfig(AppConfig):
    name = "phr.erasure"
    label = "erasure"
    verbose_name = _("Erasures")

    def ready(self) -> None:
        from phr.erasure import handlers  # noqa: F401 - subscribes them
