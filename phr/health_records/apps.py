from django.apps import AppConfig


class HealthRecordsConfig(AppConfig):
    name = "phr.health_records"
    label = "health_records"
    verbose_name = "Health records"
