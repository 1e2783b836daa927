"""People who use the installation through TLS: staff, patients, and the tours."""

import hashlib
import hmac
import os
import re
import struct
import subprocess
import sys
import time
from base64 import b32decode

import requests

from dev import places, tour
from dev.console import CannotGoOn, step
from dev.deploy_test.commands import insist
from dev.deploy_test.stack import ADMIN, PASSWORD, URL, Stack

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
HALF = re.compile(r'name="half" value="([^"]+)"')
SECRET = re.compile(r"\b([A-Z2-7]{32})\b")
RECOVERY = re.compile(r"<code>([a-z2-7]{4}(?:-[a-z2-7]{4}){7})</code>")
DEMO = "https://demo.localhost"


def visitor(stack: Stack) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # else variables for other authorities win
    session.verify = str(stack.authority)
    session.headers["Referer"] = f"{URL}/admin/"
    return session


def code_of(secret: str, at: float) -> str:
    """The code that an authenticator app shows (RFC 6238)."""
    counter = struct.pack(">Q", int(at) // 30)
    digest = hmac.new(b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    (number,) = struct.unpack(">I", digest[offset : offset + 4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"


def sign_administrator_in(stack: Stack) -> None:
    """Sign the first administrator in, and set a second factor up on the way."""
    with step("The first administrator signs in, with a second factor"):
        session = visitor(stack)
        page = give_password(session)
        page = send_form(session, page, to=address_of(page, "app/"))
        secret = SECRET.search(page.text)
        if secret is None:
            raise CannotGoOn(f"No secret for an authenticator app at {page.url}.")
        code = code_of(secret[1], time.time())
        done = send_form(session, page, to=address_of(page, "app/confirm/"), otp=code)
        recovery = RECOVERY.findall(done.text)
        insist(len(recovery) == 10, f"No recovery codes at {done.url}.")
        insist(is_inside(session), "The administrator is not in.")
        refused = visitor(stack)
        give_password(refused)
        insist(not is_inside(refused), "A password alone is enough.")
        again = visitor(stack)
        give_password(again, code=recovery[0])
        insist(is_inside(again), "A recovery code does not sign in.")


def address_of(page: requests.Response, end: str) -> str:
    """Where the form of a page is sent whose address ends so."""
    action = re.search(rf'action="([^"]*/{end})"', page.text)
    if action is None:
        raise CannotGoOn(f"{page.url} has no form for {end}.")
    return f"{URL}{action[1]}"


def is_inside(session: requests.Session) -> bool:
    people = f"{URL}/admin/accounts/user/"
    page = session.get(people, timeout=20)
    return page.status_code == 200 and page.url == people


def send_form(
    session: requests.Session, page: requests.Response, to: str = "", **fields: str
) -> requests.Response:
    """Fill in the form of a page that has been opened.

    :param to: where it is sent, if not to the page itself.
    """
    token = TOKEN.search(page.text)
    if token is None:
        raise CannotGoOn(f"{page.url} has no form.")
    data = {"csrfmiddlewaretoken": token[1], **fields}
    return session.post(to or page.url, data=data, timeout=20)


def give_password(session: requests.Session, code: str = "") -> requests.Response:
    """Sign the administrator in, on the way to the admin site.

    :param code: for the page that asks for one, which is the last if there is none.
    """
    page = session.get(f"{URL}/admin/", timeout=20)
    back = {"next": "/admin/"}
    known = {"username": ADMIN, "password": PASSWORD, **back}
    answer = send_form(session, page, **known)
    if not code:
        return answer
    half = HALF.search(answer.text)
    if half is None:
        raise CannotGoOn(f"{answer.url} asks for no code.")
    to = f"{URL}/sign-in/code/"
    return send_form(session, answer, to, half=half[1], code=code, **back)


def sign_in(stack: Stack, username: str, password: str) -> str:
    """Sign in through the API and return the access token."""
    body = {"username": username, "password": password}
    session = visitor(stack)
    answer = session.post(f"{URL}/api/auth/login/", json=body, timeout=20)
    insist(answer.status_code == 200, f"{username} cannot sign in: {answer.text[:300]}")
    return str(answer.json()["tokens"]["access"])


def take_tour(stack: Stack, page: str, url: str) -> None:
    """Take the tour of a document with this installation's certificates."""
    stops = tour.read_tour((places.CHECKOUT / page).read_text(encoding="utf-8"))
    with step(f"The tour of {page} on {url}"):
        script = (
            "import sys; from dev import tour; from pathlib import Path;"
            " stops = tour.read_tour(Path(sys.argv[1]).read_text(encoding='utf-8'));"
            " sys.exit(not tour.take(stops, sys.argv[2]))"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, page, url],
            cwd=places.CHECKOUT,
            env={**os.environ, "CURL_CA_BUNDLE": str(stack.authority)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    insist(stops and done.returncode == 0, f"The tour failed:\n{done.stdout[-4_000:]}")


def check_proxy(stack: Stack) -> None:
    """See what the proxy does with strangers' words, plain http and slow clients."""
    plain = requests.get("http://localhost/", allow_redirects=False, timeout=10)
    insist(plain.status_code == 308, "Plain http is not sent to https.")
    session = visitor(stack)
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example"}
    page = session.get(f"{URL}/api/schema/", headers=forged, timeout=20)
    insist(page.status_code == 200, "A forged header changed the answer.")
    insist("evil.example" not in page.text, "A client chose the host of links.")
    metrics = session.get(f"{URL}/metrics", timeout=20)
    insist(metrics.status_code == 404, "The proxy shows the metrics.")
