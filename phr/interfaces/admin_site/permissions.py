"""Permissions, as staff choose among them in the admin site."""

from typing import Any, ClassVar

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest
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
    """Rows on whose pages staff choose permissions.

    :cvar permissions: the name of the field.
    """

    permissions: ClassVar[str] = "permissions"
    readonly_fields: ClassVar[Any] = ("permissions_in_words",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """With words of ours where they are only shown: Django has them in English."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.are_chosen(request, obj):
            return fieldsets
        shown: dict[Any, Any] = {self.permissions: "permissions_in_words"}
        return [
            (
                title,
                {**more, "fields": [shown.get(name, name) for name in more["fields"]]},
            )
            for title, more in fieldsets
        ]

    def are_chosen(self, request: HttpRequest, obj: Any) -> bool:
        """Whether the reader may choose them, and does not only see them."""
        is_shown = self.permissions in self.get_readonly_fields(request, obj)
        return self.has_change_permission(request, obj) and not is_shown

    @admin.display(description=_("Permissions"))
    def permissions_in_words(self, obj: Any) -> str:
        given = getattr(obj, self.permissions).select_related("content_type")
        words = ", ".join(sorted(map(in_words, given)))
        return words or str(self.get_empty_value_display())

    def formfield_for_manytomany(
        self, db_field: Any, request: Any = None, **kwargs: Any
    ) -> Any:
        if db_field.remote_field.model is Permission:
            kwargs["form_class"] = PermissionField
            kwargs["queryset"] = permissions_that_decide(self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)
