"""Asking for the password or a code again, on the way of what is being sent.

What was typed goes along in the page that asks, and is sent again together with the
password: nothing is lost, and no script is needed.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.identity.reauthentication import check_again
from phr.identity.second_factors import has_factor
from phr.interfaces.browser_session import prove_again
from phr.interfaces.identity_fields import CodeField, PasswordField, code_of_kind
from phr.portal.forms import PortalForm
from phr.portal.pages import portal_page

TEMPLATE = "portal/step_up.html"
PREFIX = "again"  # what tells the fields of this page from those of the form behind it
NOT_KEPT = "csrfmiddlewaretoken"


class StepUpForm(PortalForm):
    """The password again, or a code if there is a second factor."""

    prefix = PREFIX
    password = PasswordField(label=_("Your password"), required=False)
    code = CodeField(label=_("Or a code from your app"), required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        if not has_factor(user):
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        """Check it: counted together with what is tried through the API.

        :raises ValidationError: nothing was given.
        """
        values = self.cleaned_data
        password, code = values.get("password", ""), values.get("code", "")
        if self.errors:
            return values
        if not password and not code:
            raise ValidationError(_("Enter your password."), "required")
        given = {"password": password} if password else code_of_kind(code)
        with self.showing_refusals():
            check_again(self.user, **given, at=timezone.now())
        return values


def pass_step_up(request: HttpRequest, user: User) -> HttpResponse | None:
    """The page that asks, unless the right password or code came along."""
    # In the address, by which the server knows what hashes a password.
    asked = PREFIX in request.GET
    form = StepUpForm(request.POST if asked else None, user=user)
    if asked and form.is_valid():
        prove_again(request, at=timezone.now())
        return None
    action = request.GET.copy()
    action[PREFIX] = ""
    context = {
        "form": form,
        "typed": typed_fields(request),
        "action": f"?{action.urlencode()}",
    }
    return portal_page(request, TEMPLATE, context, form.status)


def typed_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What was sent, by name, without what belongs to this page or to the request."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != NOT_KEPT and not name.startswith(f"{PREFIX}-")
    ]
