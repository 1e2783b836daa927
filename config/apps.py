"""The admin site of this installation."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    default_site = "phr.interfaces.admin_site.StaffSite"
