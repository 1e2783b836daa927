"""The pages that mailed links lead to. What is in the link stays in the browser: it
stands behind the #, and a script hands it to the API."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from phr.api.pages.pages import page


@csrf_exempt  # so that another method is a 405, and no 403 page
@require_safe
def confirm_email(request: HttpRequest) -> HttpResponse:
    """Confirm an e-mail address."""
    return page(request, "api/account/confirm_email.html")


@csrf_exempt  # so that another method is a 405, and no 403 page
@require_safe
def reset_password(request: HttpRequest) -> HttpResponse:
    """Choose a new password."""
    return page(request, "api/account/reset_password.html")
