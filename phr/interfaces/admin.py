"""People and their sign-ins in the admin site. Here, because an account comes with a
profile and with lines in the ledger, which apps above accounts own."""

from typing import Any

# Imported so that they have registered what is taken off the site below.
import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401 - registers what goes below
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import LoginSession, User
from phr.accounts.names import NAMES
from phr.accounts.rights import NotPermitted, Right, has_right
from phr.audit.actions import Action
from phr.care.admin import staff
from phr.care.registration import open_profile, save_new_user
from phr.core.admin import ShownOnly, StateFilter
from phr.core.errors import DomainError
from phr.identity import account_administration
from phr.interfaces.admin_site.permissions import GivesPermissions
from phr.interfaces.admin_site.person_forms import AddPersonForm, PersonForm

RIGHTS = ("is_superuser", "groups", "user_permissions")


@admin.register(User)
class UserAdmin(GivesPermissions, DjangoUserAdmin):  # type: ignore[type-arg] # see there
    """Accounts. Nobody sets another's password. Only superusers may give rights and
    change other staff."""

    form = PersonForm
    add_form = AddPersonForm
    list_display = (
        "username",
        "first_name",
        "last_name",
        "email",
        "user_type",
        "language",
        "time_zone",
        "is_active",
        "created_at",
    )
    list_filter = ("user_type", "language", "is_active", "is_superuser")
    ordering = ("-pk",)
    finds_people, search_fields = True, ("search_text",)
    permissions = "user_permissions"
    readonly_fields = (
        *GivesPermissions.readonly_fields,
        "username",
        "user_type",
        "language",
        "time_zone",
        "last_login",
        "created_at",
    )
    person = ("first_name", "last_name", "email", "phone_number", "date_of_birth")
    fieldsets = (
        (None, {"fields": ("username", "user_type", "is_active", "seen_at")}),
        (_("Person"), {"fields": person}),
        (_("Language and time zone"), {"fields": ("language", "time_zone")}),
        (_("Rights"), {"fields": RIGHTS}),
        (_("Times"), {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "user_type", *person)}),)
    actions = ("send_password_link",)

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

    def get_readonly_fields(
        self, request: HttpRequest, obj: User | None = None
    ) -> tuple[str, ...]:
        if obj is None:
            return ()
        return (*self.readonly_fields, *self.out_of_reach(request, obj))

    def out_of_reach(self, request: HttpRequest, obj: User) -> tuple[str, ...]:
        """The fields that this member of staff has no right to change."""
        actor, missing = staff(request), []
        for name, right in account_administration.RIGHT_FOR.items():
            if not has_right(actor, right):
                missing.append(name)
        doctor = getattr(obj, "doctor_profile", None)
        if doctor and doctor.verified_at and not has_right(actor, Right.VERIFY_DOCTORS):
            missing += NAMES
        return (*missing, *(() if actor.is_superuser else RIGHTS))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Refuse, and enter, what a form was made to say beside its fields."""
        obj = self.get_object(request, object_id)
        if request.method == "POST" and obj is not None:
            forged = [
                name
                for name in self.out_of_reach(request, obj)
                if name not in RIGHTS
                and request.POST.get(name, present(obj, name)) != present(obj, name)
            ]
            if forged:
                actions = account_administration.actions_for(forged)
                account_administration.note_denied(staff(request), obj, actions)
                raise PermissionDenied from NotPermitted()
        return super().change_view(request, object_id, form_url, extra_context)

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Let in whoever may add people. Django's own wants the right to change them as
        well, as its form could make superusers; ours cannot."""
        add = super(DjangoUserAdmin, self).add_view
        response: HttpResponse = add(request, form_url, extra_context)
        return response

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go on to the new account's page, if one may see it."""
        if self.has_view_or_change_permission(request, obj):
            return super().response_add(request, obj, post_url_continue)
        added = gettext("%(name)s is added.")
        self.message_user(request, added % {"name": obj}, messages.SUCCESS)
        return self.response_post_save_add(request, obj)

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
        # Only what was changed: what its owner changes meanwhile must stay.
        own = {"seen_at", *RIGHTS[1:]}
        changed = [name for name in form.changed_data if name not in own]
        seen_at = form.cleaned_data.get("seen_at")
        if not changed:
            return
        account_administration.change_person(
            actor=staff(request),
            user_id=obj.pk,
            values={name: form.cleaned_data[name] for name in changed},
            seen_at=parse_datetime(seen_at) if seen_at else None,
            at=timezone.now(),
        )

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: Any
    ) -> None:
        super().save_related(request, form, formsets, change)
        if set(form.changed_data) & set(RIGHTS[1:]):
            account_administration.note_staff_action(
                staff(request), Action.ACCOUNT_CHANGED_BY_STAFF, form.instance
            )

    def user_change_password(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Nobody sets another's password, which would be to become them."""
        raise PermissionDenied

    def has_send_link_permission(self, request: HttpRequest) -> bool:
        return has_right(staff(request), Right.CHANGE_PEOPLE)

    @admin.action(
        description=_("Send a link for a new password"), permissions=["send_link"]
    )
    def send_password_link(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> None:
        for user in queryset:
            try:
                account_administration.send_password_link(
                    actor=staff(request), user=user
                )
            except DomainError as error:
                text = f"{user.username}: {error.detail}"
                self.message_user(request, text, messages.ERROR)
            else:
                self.message_user(
                    request,
                    gettext("Sent to the owner: %(username)s.")
                    % {"username": user.username},
                )


def present(user: User, name: str) -> str:
    """A field's value as a form says it."""
    value = getattr(user, name)
    return "" if value is None else str(value)


class SignInState(models.TextChoices):
    """Whether a sign-in still opens anything."""

    GOES_ON = "GOES_ON", _("Active")
    RUN_OUT = "RUN_OUT", _("Expired, or the account is blocked")
    ENDED = "ENDED", _("Ended")


class SignInStateFilter(StateFilter):
    states = SignInState.choices

    def in_state(self, rows: QuerySet[Any], state: Any) -> QuerySet[Any]:
        since = Now() - settings.REFRESH_TOKEN_LIFETIME
        going_on = Q(last_used_at__gt=since, user__is_active=True)
        match state:
            case SignInState.GOES_ON:
                return rows.filter(going_on, revoked_at=None)
            case SignInState.RUN_OUT:
                return rows.filter(~going_on, revoked_at=None)
            case _:
                return rows.filter(revoked_at__isnull=False)


@admin.register(LoginSession)
class LoginSessionAdmin(ShownOnly):
    """Sign-ins to the API; ending one takes effect with its next request."""

    list_display = (
        "user",
        "state",
        "created_at",
        "last_used_at",
        "address",
        "user_agent",
        "revoked_at",
    )
    list_filter = (SignInStateFilter,)
    list_select_related = ("user",)
    ordering = ("-pk",)
    finds_people, search_fields = True, ("user__search_text",)
    fields = list_display
    actions = ("end",)

    @admin.display(description=_("state"))
    def state(self, session: LoginSession) -> str:
        if session.revoked_at:
            return str(SignInState.ENDED.label)
        used_until = session.last_used_at + settings.REFRESH_TOKEN_LIFETIME
        goes_on = used_until > timezone.now() and session.user.is_active
        return str((SignInState.GOES_ON if goes_on else SignInState.RUN_OUT).label)

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Who may sign others out: staff with the permission to change sign-ins."""
        return has_right(staff(request), Right.END_SIGN_INS)

    @admin.action(description=_("End selected sign-ins"), permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[LoginSession]) -> None:
        sessions = queryset.filter(revoked_at=None).select_related("user")
        ended = account_administration.end_sessions_by_staff(
            actor=staff(request), sessions=sessions, at=timezone.now()
        )
        self.message_user(
            request, gettext("Sign-ins ended: %(ended)s.") % {"ended": ended}
        )


# Nobody looks at or changes another's factors, addresses and browser sessions.
for model in (EmailAddress, Authenticator, UserSession, Group):
    admin.site.unregister(model)


@admin.register(Group)
class GroupAdmin(GivesPermissions, DjangoGroupAdmin):
    """Groups give rights, so they are the superusers' alone."""

    fields = ("name", "permissions")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return staff(request).is_superuser

    def has_change_permission(
        self, request: HttpRequest, obj: Group | None = None
    ) -> bool:
        """Superusers, except for their own groups: nobody can give rights to
        themselves."""
        actor = staff(request)
        own = obj is not None and actor.groups.contains(obj)
        return actor.is_superuser and not own

    def has_delete_permission(
        self, request: HttpRequest, obj: Group | None = None
    ) -> bool:
        return staff(request).is_superuser
