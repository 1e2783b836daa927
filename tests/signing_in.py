"""Signing in with a browser, by the one form that there is for people of all roles."""

import re
from typing import Any

from django.test import Client

from tests.factories import PASSWORD

SIGN_IN, CODE = "/sign-in/", "/sign-in/code/"
HALF = re.compile(r'name="half" value="([^"]+)"')


def sign_in_to_the_admin_site(
    client: Client, username: str, password: str = PASSWORD, code: str = ""
) -> Any:
    """Fill in the form, on the way to the admin site.

    :param code: for the second page, if the first one leads there.
    """
    body = {"username": username, "password": password, "next": "/admin/"}
    answer = client.post(SIGN_IN, body)
    if not code or not asks_for_code(answer):
        return answer
    return client.post(CODE, {"half": half_on(answer), "code": code, "next": "/admin/"})


def asks_for_code(page: Any) -> bool:
    """Whether the password was right, and a code is the next step."""
    return page.status_code == 200 and HALF.search(page.content.decode()) is not None


def half_on(page: Any) -> str:
    """What the page for the code sends along of the first one."""
    (half,) = HALF.findall(page.content.decode())
    return str(half)
