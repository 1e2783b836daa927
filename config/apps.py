"""The admin site of this installation, and checks of how it is wired."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    default_site = "phr.interfaces.admin_site.site.StaffSite"

    def ready(self) -> None:
        super().ready()
        from config import checks  # noqa: F401 - it registers them
