"""Opening an account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from phr.accounts.models import UserType
from phr.interfaces.browser_session import sign_up_in_browser
from phr.interfaces.device_cookie import remember_device
from phr.portal.kept_forms import note_owner
from phr.portal.sign_in.forms import SignUpForm
from phr.portal.views import OpenPage


@method_decorator(sensitive_post_parameters(), name="dispatch")
class SignUp(OpenPage):
    """A new account; whoever opens one is signed in."""

    template = "portal/sign_in/sign_up.html"
    user_type = UserType.PATIENT

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect("portal:home")
        return self.form_page(SignUpForm(user_type=self.user_type))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SignUpForm(request.POST, user_type=self.user_type)
        if form.is_valid():
            with form.showing_refusals():
                account = form.account()
                user = sign_up_in_browser(request, at=timezone.now(), **account)
                note_owner(request, user)
                response = redirect("portal:home")
                remember_device(response, user)
                return response
        return self.form_page(form)

    def form_page(self, form: SignUpForm) -> HttpResponse:  # type: ignore[override] # no more is said
        return super().form_page(form, is_doctor=self.user_type == UserType.DOCTOR)


class SignUpAsDoctor(SignUp):
    """The same for a doctor, with what staff will verify."""

    user_type = UserType.DOCTOR
