"""The admin site's forms for a person's account."""

from typing import Any

from django import forms
from django.contrib.auth.forms import UserChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from phr.accounts.models import User, UserType
from phr.accounts.names import NAMES, NameMissing, full_name
from phr.core.mail_addresses import normalized


def refuse_no_name(form: "forms.ModelForm[User]") -> None:
    """Say beside its field what the service would refuse."""
    given = [str(form.cleaned_data.get(name, "")) for name in NAMES]
    asked = all(name in form.fields and name not in form.errors for name in NAMES)
    if asked and not full_name(*given):
        form.add_error(NAMES[0], ValidationError(NameMissing.title, NameMissing.code))


class AddressField(forms.EmailField):
    """An e-mail address; another spelling of the one that is there changes nothing."""

    default_validators = []  # Django's own know fewer domains

    def clean(self, value: Any) -> str:
        """Judge what is new: one that counted once may stay."""
        return str(value) if value and value == self.initial else super().clean(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return initial != data and super().has_changed(initial, data)

    def to_python(self, value: Any) -> str:
        address = str(super().to_python(value))
        return normalized(address) if address else ""


class AddPersonForm(forms.ModelForm):  # type: ignore[type-arg] # not generic at runtime
    """A new account; its profile is made with it. Only superusers make more staff.

    Nobody gives it a password: its owner sets one, by a link to the address.
    """

    actor: User
    email = AddressField(label=gettext_lazy("E-mail address"))

    class Meta:
        model = User
        fields = (
            "username",
            "user_type",
            "first_name",
            "last_name",
            "email",
            "phone_number",
            "date_of_birth",
        )

    def clean_username(self) -> str:
        """Say beside its field what the table would refuse."""
        username = str(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(_("This username is taken."), "unique")
        return username

    def clean_user_type(self) -> str:
        user_type = str(self.cleaned_data["user_type"])
        if user_type == UserType.ADMIN and not self.actor.is_superuser:
            raise ValidationError(
                _("Only superusers make accounts for staff."), "denied"
            )
        # The table holds the two together.
        self.instance.is_staff = user_type == UserType.ADMIN
        return user_type

    def clean(self) -> dict[str, Any] | None:
        values = super().clean()
        refuse_no_name(self)
        return values

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - Django's own arguments
        self.instance.set_unusable_password()
        made: User = super().save(commit)
        return made


class PersonForm(UserChangeForm):  # type: ignore[type-arg] # not generic at runtime
    """An account, changed by staff. People cannot lock themselves out or give
    themselves rights."""

    actor: User
    email = AddressField(label=gettext_lazy("E-mail address"))
    password = None  # type: ignore[assignment] # not even its hash is shown
    # When the account was last changed, as it stood on the page.
    seen_at = forms.CharField(label="", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_at"].initial = self.instance.updated_at.isoformat()
        if "email" in self.fields:
            self.fields["email"].initial = self.instance.email

    def _get_validation_exclusions(self) -> set[str]:
        """Unchanged values are not validated again: they may follow older rules, and
        staff must still be able to block the account."""
        same = set(self.fields) - set(self.changed_data)
        own: set[str] = super()._get_validation_exclusions()  # type: ignore[misc] # of Django's, which its stub leaves out
        return own | same

    class Meta:
        model = User
        fields = "__all__"

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or self.cleaned_data
        own_rights = ("is_active", "is_superuser", "groups", "user_permissions")
        if self.instance == self.actor:
            for name in own_rights:
                if name in self.changed_data:
                    self.add_error(
                        name,
                        _(
                            "You cannot change this yourself. Ask another "
                            "administrator."
                        ),
                    )
        refuse_no_name(self)
        return values
