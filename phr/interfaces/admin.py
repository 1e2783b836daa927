"""People and their sign-ins in the admin site. Here, because an account comes with a
profile and with lines in the ledger, which apps above accounts own."""

from typing import Any

# Imported so that they have registered what is taken off the site below.
import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from phr.accounts import addresses
from phr.accounts.models import LoginSession, User, UserType
from phr.accounts.sessions import end_all_sessions, end_session
from phr.audit import services as audit
from phr.audit.models import Basis
from phr.audit.services import Access
from phr.care.admin import staff
from phr.care.registration import open_profile, save_doctor, save_new_user
from phr.core.admin import GrowingList, ShownOnly, narrows
from phr.interfaces.person_forms import AddPersonForm, PersonForm
from phr.interfaces.signing_in import patient_id_of
from phr.interfaces.staff_forms import StaffSetsPasswordForm

RIGHTS = ("is_superuser", "groups", "user_permissions")


@admin.register(User)
class UserAdmin(GrowingList, DjangoUserAdmin):  # type: ignore[type-arg] # see there
    """Accounts. Whoever is no superuser neither gives rights nor touches other staff:
    who could set their password would have their rights as well."""

    form = PersonForm
    add_form = AddPersonForm
    change_password_form = StaffSetsPasswordForm
    list_display = (
        "username",
        "first_name",
        "last_name",
        "email",
        "user_type",
        "is_active",
        "created_at",
    )
    list_filter = ("user_type", "is_active", "is_superuser")
    ordering = ("-pk",)
    search_fields = ("username", "email", "first_name", "last_name")
    readonly_fields = ("username", "user_type", "last_login", "created_at")
    person = ("first_name", "last_name", "email", "phone_number", "date_of_birth")
    fieldsets = (
        (None, {"fields": ("username", "password", "user_type", "is_active")}),
        ("Person", {"fields": person}),
        ("Rights", {"fields": RIGHTS}),
        ("Times", {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "user_type", *person)}),
        ("Password", {"fields": ("usable_password", "password1", "password2")}),
    )

    def lookup_allowed(
        self, lookup: str, value: str, request: HttpRequest | None = None
    ) -> bool:
        return narrows(self, lookup)

    def has_change_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        theirs = obj is None or not obj.is_staff or staff(request).is_superuser
        return theirs and super().has_change_permission(request, obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        """Nobody: the ledger and others' records speak of people. Accounts are closed
        by making them inactive."""
        return False

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Show the password, and the way to set it, to those who may."""
        if obj is None or staff(request).is_superuser:
            return super().get_fieldsets(request, obj)
        account = ("username", "user_type", "is_active")
        return ((None, {"fields": account}), *self.fieldsets[1:])

    def get_readonly_fields(
        self, request: HttpRequest, obj: User | None = None
    ) -> tuple[str, ...]:
        if obj is None:
            return ()
        rights = () if staff(request).is_superuser else RIGHTS
        return (*self.readonly_fields, *rights)

    def get_form(
        self,
        request: HttpRequest,
        obj: User | None = None,
        change: bool = False,  # noqa: FBT001, FBT002 - Django's own arguments
        **kwargs: Any,
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.actor = staff(request)  # type: ignore[attr-defined] # made for this request
        return form

    def save_model(
        self,
        request: HttpRequest,
        obj: User,
        form: "ModelForm[User]",
        change: bool,  # noqa: FBT001 - Django's own order of arguments
    ) -> None:
        if not change:
            save_new_user(obj)
            open_profile(actor=staff(request), user=obj, profile={})
            return
        # Only what was changed: a password that its owner sets meanwhile must stay.
        changed = [name for name in form.changed_data if name not in RIGHTS[1:]]
        with transaction.atomic():
            obj.save(update_fields=[*changed, "updated_at"])
            if "email" in changed:
                addresses.change(obj, old=str(form.initial["email"]))
        if obj.user_type == UserType.DOCTOR:
            save_doctor(obj.doctor_profile)  # the directory finds doctors by name
        if not obj.is_active:
            end_all_sessions(user=obj, at=timezone.now())

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 - Django's own name
        form_url: str = "",
    ) -> HttpResponse:
        """Set somebody's password, which is to become them: superusers alone may."""
        if not staff(request).is_superuser:
            raise PermissionDenied
        with transaction.atomic():  # the password and the line about it
            return super().user_change_password(request, id, form_url)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Enter in the ledger too whatever the admin site logs as a change."""
        note_change(request, "accounts.account_changed_by_staff", obj)
        return super().log_change(request, obj, message)


@admin.register(LoginSession)
class LoginSessionAdmin(ShownOnly):
    """Sign-ins to API and portal; ending one takes effect with its next request."""

    list_display = (
        "user",
        "created_at",
        "last_used_at",
        "address",
        "user_agent",
        "revoked_at",
    )
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user",)
    ordering = ("-pk",)
    search_fields = ("=user__username", "=user__email")
    fields = list_display
    actions = ("end",)

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Who may sign others out: staff with the permission to change sign-ins."""
        return request.user.has_perm("accounts.change_loginsession")

    @admin.action(description="End selected sign-ins", permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[LoginSession]) -> None:
        sessions = list(queryset.filter(revoked_at=None).select_related("user"))
        with transaction.atomic():
            for session in sessions:
                end_session(session_id=session.pk, at=timezone.now())
                note_change(request, "accounts.session_ended_by_staff", session.user)
        self.message_user(request, f"Sign-ins ended: {len(sessions)}.")


# Nobody looks at or changes another's factors, addresses and browser sessions.
for model in (EmailAddress, Authenticator, UserSession, Group):
    admin.site.unregister(model)


@admin.register(Group)
class GroupAdmin(GrowingList, DjangoGroupAdmin):
    """Groups give rights, so they are the superusers' alone."""

    def lookup_allowed(
        self, lookup: str, value: str, request: HttpRequest | None = None
    ) -> bool:
        return narrows(self, lookup)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return staff(request).is_superuser

    def has_change_permission(
        self, request: HttpRequest, obj: Group | None = None
    ) -> bool:
        return staff(request).is_superuser

    def has_delete_permission(
        self, request: HttpRequest, obj: Group | None = None
    ) -> bool:
        return staff(request).is_superuser


def note_change(request: HttpRequest, action: str, account: User) -> None:
    """Enter that staff have changed something about an account."""
    changed = Access(patient_id_of(account), "account", [account.pk], basis=Basis.STAFF)
    audit.note(staff(request), action, changed)
