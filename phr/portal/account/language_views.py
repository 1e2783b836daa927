"""In which language one is spoken to, and in which time zone."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from phr.care.profiles import change_profile
from phr.interfaces.readers import speak_as
from phr.portal.account.language_form import LanguageForm
from phr.portal.views import PortalView, signed_in


class LanguageAndTime(PortalView):
    """A language and a time zone, or none of one's own."""

    template = "portal/account/language.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form_page(LanguageForm(user=signed_in(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        actor = signed_in(request)
        form = LanguageForm(request.POST, user=actor)
        if form.is_valid():
            with form.showing_refusals():
                user = change_profile(
                    actor=actor, person=form.cleaned_data, profile={}, proved=False
                )
                speak_as(user)  # from this answer on
                messages.success(request, _("Your language and time zone are saved."))
                return redirect("portal:account")
        return self.form_page(form)
