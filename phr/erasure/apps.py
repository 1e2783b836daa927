from django.apps import AppConfig


class ErasureConfig(AppConfig):
    name = "phr.erasure"
    label = "erasure"
    verbose_name = "Erasures"
