from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "phr.core"
    label = "core"
    verbose_name = "Outbox"

    def ready(self) -> None:
        from phr.core import backing_services  # noqa: F401 - has its check registered
