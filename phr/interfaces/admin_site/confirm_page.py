"""The page of the admin site that asks staff to show again who they are.

A session lives for hours, and its cookie may be in other hands. What is done with it
stays for longer, so it wants a password or a code of the last minutes (ADR 54).
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from phr.accounts.models import User
from phr.core.errors import DomainError
from phr.identity import second_factors
from phr.identity.reauthentication import check_again
from phr.interfaces.browser_session import has_proof, prove_again
from phr.interfaces.identity_fields import CodeField, PasswordField, code_of_kind
from phr.interfaces.way_back import way_back

PAGE = "admin/confirm.html"
CODE_HELP = gettext_lazy(
    "From your authenticator app, or a recovery code, if you have one."
)
READING = ("GET", "HEAD", "OPTIONS")
# How the names of pages end on which something is about to be done.
FORMS = ("_add", "_delete", "_decide", "_review", "_clinical_text")
ASKS_NOTHING = {
    "logout",  # closes, which must always be easy
    "confirm",  # is where one is asked
    "password_change",  # leads to the portal, which asks for the present password
    "core_outboxevent_replay",  # brings what waits anyway to whom it is for
}


class ConfirmForm(forms.Form):
    """The password again, or a code if there is a second factor."""

    password = PasswordField(required=False, label=gettext_lazy("Password"))
    code = CodeField(required=False, label=gettext_lazy("Code"), help_text=CODE_HELP)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        if not second_factors.has_factor(user):
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        """Check it: counted together with what is tried through the API.

        :raises ValidationError: it is wrong, was tried too often, or is not one thing.
        """
        values = self.cleaned_data
        password, code = values.get("password", ""), values.get("code", "")
        if self.errors:
            return values
        if bool(password) == bool(code):
            raise ValidationError(_("Enter one of these."), "one_of_these")
        given = {"password": password} if password else code_of_kind(code)
        try:
            check_again(self.user, **given, at=timezone.now())
        except DomainError as error:
            raise ValidationError(error.detail, error.code) from error
        return values


def wants_proof(request: HttpRequest) -> bool:
    """Whether a page does something, or leads to it, and nobody has shown lately who
    they are. A page that nobody has thought of does something if anything is sent."""
    match = request.resolver_match
    assert match is not None
    name = match.url_name or ""
    if name in ASKS_NOTHING or has_proof(request.session, at=timezone.now()):
        return False
    if request.method not in READING:
        return True
    rows = getattr(match.func, "model_admin", None)
    if name.endswith("_change") and rows is not None:
        return bool(rows.has_change_permission(request))
    return name.endswith(FORMS)


def ask_to_confirm(request: HttpRequest) -> HttpResponse:
    """Send somebody to the page, and back to where they are afterwards."""
    if request.method not in READING:
        text = _("Nothing was changed. Confirm that it is you, then try again.")
        messages.warning(request, text)
    back = urlencode({"next": request.get_full_path()})
    return redirect(f"{reverse('admin:confirm')}?{back}")


@require_http_methods(["GET", "POST"])
def show_confirm_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Take a password or a code, and go back."""
    assert isinstance(request.user, User)
    posted = request.POST if request.method == "POST" else None
    form = ConfirmForm(posted, user=request.user)
    if form.is_valid():
        prove_again(request, at=timezone.now())
        return redirect(way_back(request, "admin:index"))
    context |= {"title": _("Confirm that it is you"), "form": form}
    return TemplateResponse(request, PAGE, context)
