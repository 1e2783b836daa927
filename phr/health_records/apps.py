from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HealthRecordsConfig(AppConfig):
    name = "phr.health_records"
    label = "health_records"
    verbose_name = _("Health records")
