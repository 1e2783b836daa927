"""Asks a server on this machine through its proxy: run in the Debian container.

Is it ready, and does the administrator's password lead to the page for a second factor?
"""

import json
import re
import socket
import ssl
import sys
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPSHandler, Request, build_opener

NAME = "records.example.org"
CERTIFICATE = "/etc/health-record-api/certificate.pem"
TOKEN = re.compile('csrfmiddlewaretoken" value="([^"]+)"')


def main(username: str, password: str) -> None:
    resolve: Any = socket.getaddrinfo

    def resolve_to_here(host: str, *rest: Any, **more: Any) -> Any:
        return resolve("127.0.0.1", *rest, **more)

    here: Any = resolve_to_here
    socket.getaddrinfo = here  # there is no such name anywhere else
    context = ssl.create_default_context(cafile=CERTIFICATE)
    web = build_opener(HTTPSHandler(context=context), HTTPCookieProcessor(CookieJar()))
    ready = json.load(web.open(f"https://{NAME}/health/ready/"))
    if ready["status"] != "ok":
        sys.exit(f"It is not ready: {ready}")
    url = f"https://{NAME}/sign-in/"
    token = TOKEN.search(web.open(url).read().decode())
    form = {"username": username, "password": password, "next": "/admin/"}
    form["csrfmiddlewaretoken"] = token[1] if token else ""
    page = web.open(Request(url, urlencode(form).encode(), {"Referer": url}))
    if not page.url.endswith("/account/second-factor/"):
        sys.exit(f"The password leads to {page.url}")


if __name__ == "__main__":
    main(*sys.argv[1:])
