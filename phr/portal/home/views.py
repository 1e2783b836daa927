"""The first page: a way in for a visitor, what is new for who is signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from phr.accounts.models import User, UserType
from phr.portal.home.patient_home import patient_home
from phr.portal.pages import portal_page
from phr.portal.views import OpenPage


class Home(OpenPage):
    """What is new, what waits, who can see my records."""

    def get(self, request: HttpRequest) -> HttpResponse:
        match request.user:
            case User(user_type=UserType.PATIENT):
                return patient_home(request, request.user)
            case User(user_type=UserType.DOCTOR):
                return redirect("portal:patients")
            case User(user_type=UserType.ADMIN):
                return redirect("portal:staff")
            case _:
                return portal_page(request, "portal/home/visitor.html", {})
