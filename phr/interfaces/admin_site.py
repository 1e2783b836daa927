"""The admin site: Django's own, for staff."""

from django.contrib.admin import AdminSite


class StaffSite(AdminSite):
    site_header = site_title = "Health Record API"
