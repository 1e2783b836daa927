from django.apps import AppConfig


class HealthRecordsConfig(AppConfig):
    name = "phr.health_records"
    label = "health_records"
