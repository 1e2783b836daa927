from django.apps import AppConfig


class ErasureConfig(AppConfig):
    name = "phr.erasure"
    label = "erasure"
    verbose_name = "Erasures"

    def ready(self) -> None:
        from phr.erasure import handlers  # noqa: F401 - subscribes them
