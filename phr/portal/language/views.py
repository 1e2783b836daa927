"""The switch at the foot of each page, for whoever is not signed in.

Whoever is has a choice in the account, which goes before what the browser says.
"""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from phr.portal.detours import place_of
from phr.portal.views import OpenPage


class Language(OpenPage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Have the browser keep a language, and go on where it was.

        :raises BadRequest: the product does not speak it.
        """
        chosen = request.POST.get("language", "")
        if chosen not in dict(settings.LANGUAGES):
            raise BadRequest("This language is not spoken here.")
        answer = redirect(place_of(request))
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
        return answer
