"""The forms of one's own account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import (
    User,
    UserType,
)
from phr.care.choices import BloodType
from phr.care.profiles import OwnProfile
from phr.interfaces.identity_fields import (
    AddressField,
    BirthDateField,
    LineField,
    PasswordField,
    PhoneNumberField,
)
from phr.portal.forms import PortalForm
from phr.portal.new_password import TwoPasswordsForm

PERSON = ("first_name", "last_name", "phone_number", "date_of_birth")
OF_PATIENTS = ("emergency_contact", "blood_type", "allergies")
OF_DOCTORS = ("specialization", "license_number", "years_of_experience")
LONGEST_ALLERGIES = 2_000


class DetailsForm(PortalForm):
    """Who one is, and what belongs to one's role."""

    first_name = LineField(
        fills="given-name", label=_("First name"), max_length=150, required=False
    )
    last_name = LineField(
        fills="family-name", label=_("Last name"), max_length=150, required=False
    )
    phone_number = PhoneNumberField(
        label=_("Phone number"),
        help_text=_("With the code of the country, for example +31201234567."),
    )
    date_of_birth = BirthDateField(
        label=_("Date of birth"),
    )
    emergency_contact = LineField(
        label=_("Whom to call in an emergency"),
        help_text=_("A name and a number. Your doctors see it."),
        max_length=200,
        required=False,
    )
    blood_type = forms.ChoiceField(
        label=_("Blood type"),
        choices=[("", _("Not known")), *BloodType.choices],
        required=False,
    )
    allergies = forms.CharField(
        label=_("Allergies"),
        max_length=LONGEST_ALLERGIES,
        required=False,
        strip=False,
        widget=forms.Textarea,
    )
    specialization = LineField(label=_("Specialty"), max_length=100, required=False)
    license_number = LineField(label=_("Licence number"), max_length=50, required=False)
    years_of_experience = forms.IntegerField(
        label=_("Years of experience"), min_value=0, max_value=80, required=False
    )

    def __init__(self, *args: Any, profile: OwnProfile, **options: Any) -> None:
        own: dict[UserType, tuple[Any, tuple[str, ...]]] = {
            UserType.PATIENT: (profile.patient, OF_PATIENTS),
            UserType.DOCTOR: (profile.doctor, OF_DOCTORS),
        }
        part, self.of_role = own.get(UserType(profile.user.user_type), (None, ()))
        initial = {name: getattr(profile.user, name) for name in PERSON}
        initial |= {name: getattr(part, name) for name in self.of_role}
        super().__init__(*args, initial=initial, **options)
        for name in {*OF_PATIENTS, *OF_DOCTORS} - {*self.of_role}:
            del self.fields[name]

    def person(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in PERSON}

    def profile(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.of_role}


class AddressForm(PortalForm):
    """Another e-mail address."""

    email = AddressField(
        label=_("New e-mail address"),
        help_text=_("We send a link there to confirm it, and tell the old address."),
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user


class PasswordForm(TwoPasswordsForm):
    """The present password, and a new one."""

    current_password = PasswordField(label=_("Your password now"))
    field_order = ("current_password",)
