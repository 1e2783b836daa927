"""Permissions, as staff choose among them in the admin site."""

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from phr.core.admin import GrowingList

# Those that Django makes for each model: `view_user` and so on.
OF_EACH_MODEL = {
    "add": _("Can add"),
    "change": _("Can change"),
    "delete": _("Can delete"),
    "view": _("Can view"),
}


def in_words(permission: Permission) -> str:
    """What a permission is for, in the reader's language; the database has English."""
    kind = permission.content_type
    words = gettext(permission.name)
    for verb, of_each in OF_EACH_MODEL.items():
        if permission.codename == f"{verb}_{kind.model}":
            words = str(of_each)
    return f"{kind.app_labeled_name} | {words}"


class PermissionField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg] # not generic at runtime
    """Any number of permissions."""

    def label_from_instance(self, obj: Any) -> str:
        return in_words(obj)


def permissions_that_decide(site: admin.AdminSite) -> QuerySet[Permission]:
    """Permissions for what the admin site has; nothing asks for the others."""
    models = filter(site.is_registered, apps.get_models())
    kinds = ContentType.objects.get_for_models(*models).values()
    chosen = Permission.objects.filter(content_type__in=kinds)
    return chosen.select_related("content_type")


class GivesPermissions(GrowingList):
    """Rows on whose pages staff choose permissions."""

    def formfield_for_manytomany(
        self, db_field: Any, request: Any = None, **kwargs: Any
    ) -> Any:
        if db_field.remote_field.model is Permission:
            kwargs["form_class"] = PermissionField
            kwargs["queryset"] = permissions_that_decide(self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)
