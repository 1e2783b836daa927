"""The account as a whole, and who one is: details, address, password."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from phr.accounts.addresses import has_confirmed_address
from phr.care.profiles import change_profile, read_profile
from phr.identity.second_factors import has_factor
from phr.interfaces.browser_session import change_password_here, has_proof
from phr.portal.account.forms import AddressForm, DetailsForm, PasswordForm
from phr.portal.views import PortalView, signed_in


class Account(PortalView):
    """What there is to see and to change."""

    template = "portal/account/account.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        user = signed_in(request)
        return self.page(
            is_confirmed=has_confirmed_address(user), has_factor=has_factor(user)
        )


class Details(PortalView):
    """Name, phone, birth, and what belongs to one's role."""

    template = "portal/account/details.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form_page(DetailsForm(profile=read_profile(signed_in(request))))

    def post(self, request: HttpRequest) -> HttpResponse:
        actor = signed_in(request)
        form = DetailsForm(request.POST, profile=read_profile(actor))
        if form.is_valid():
            with form.showing_refusals():
                change_profile(
                    actor=actor,
                    person=form.person(),
                    profile=form.profile(),
                    proved=has_proof(request.session, at=timezone.now()),
                )
                messages.success(request, _("Your details are saved."))
                return redirect("portal:account")
        return self.form_page(form)


class Address(PortalView):
    """The e-mail address: whether it is confirmed, and another one."""

    template = "portal/account/address.html"
    needs_proof = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form_page(AddressForm(user=signed_in(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        actor = signed_in(request)
        form = AddressForm(request.POST, user=actor)
        if form.is_valid():
            with form.showing_refusals():
                change_profile(
                    actor=actor, person=form.cleaned_data, profile={}, proved=True
                )
                return redirect(f"{reverse('portal:confirm_email')}?sent")
        return self.form_page(form)

    def form_page(self, form: AddressForm) -> HttpResponse:  # type: ignore[override] # no more is said
        return super().form_page(form, is_confirmed=has_confirmed_address(form.user))


@method_decorator(sensitive_post_parameters(), name="dispatch")
class Password(PortalView):
    """Another password; all other sessions end."""

    template = "portal/account/password.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form_page(PasswordForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PasswordForm(request.POST)
        if form.is_valid():
            values = form.cleaned_data
            with form.showing_refusals():
                change_password_here(
                    request,
                    current=values["current_password"],
                    password=values["password"],
                    at=timezone.now(),
                )
                said = _("Your password is changed. You are signed out elsewhere.")
                messages.success(request, said)
                return redirect("portal:account")
        return self.form_page(form)
