from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "phr.audit"
    label = "audit"
    verbose_name = "Access ledger"
