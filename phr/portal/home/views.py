"""The first page: a way in for a visitor, what is new for who is signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from phr.accounts.models import User, UserType
from phr.health_records import reads
from phr.health_records.filters import RecordFilters
from phr.portal.pages import portal_page
from phr.portal.views import OpenPage

LATEST = 5  # records on the first page


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


def patient_home(request: HttpRequest, patient: User) -> HttpResponse:
    latest = reads.list_records(patient, RecordFilters(), None, LATEST)
    context = {"latest": latest.rows, "has_more": latest.has_more}
    return portal_page(request, "portal/home/patient.html", context)
