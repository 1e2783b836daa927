"""A request of ASGI in the words of WSGI (PEP 3333): text is bytes read as Latin-1."""

import re
import sys
from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

BOUNDARY = re.compile(r';\s*boundary\s*=\s*("[^"]*"|[^;]*)', re.IGNORECASE)
# A parameter with a charset of its own (RFC 2231), such as title*=UTF-8'en'%20. None of
# ours has one, and what is wrong about it Python and Django take for a defect.
WITH_CHARSET = re.compile(r";\s*[A-Za-z0-9_]+\*(?:\d+\*?)?\s*(?:=[^;,]*)?(?=[;,]|\Z)")
ALWAYS = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}
WITHOUT_PREFIX = ("CONTENT_TYPE", "CONTENT_LENGTH")


def environ_of(scope: dict[str, Any]) -> dict[str, Any]:
    """All of it but the body, for `put_body`."""
    client, server = scope.get("client"), scope.get("server") or ("localhost", 80)
    environ = {
        **ALWAYS,
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": path_of(scope).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1] or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0] if client else "",
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
    }
    for name, value in scope["headers"]:
        if key := environ_key(name):
            add_header(environ, key, value.decode("latin-1"))
    if "CONTENT_TYPE" in environ:
        environ["CONTENT_TYPE"] = with_boundary_alone(environ["CONTENT_TYPE"])
    if "*" in environ.get("HTTP_ACCEPT", ""):
        environ["HTTP_ACCEPT"] = WITH_CHARSET.sub("", environ["HTTP_ACCEPT"])
    if "HTTP_COOKIE" in environ:
        # Reading them takes time by the square of their number before Python 3.11.10
        # (CVE-2024-7592), and no cookie of ours has one.
        environ["HTTP_COOKIE"] = environ["HTTP_COOKIE"].replace("\\", "")
    return environ


def length_of_head(scope: dict[str, Any]) -> int:
    """How long the address and the headers of a request are, in bytes."""
    address = len(scope["query_string"]) + len(scope.get("raw_path") or b"")
    return address + sum(len(name) + len(value) for name, value in scope["headers"])


def put_body(environ: dict[str, Any], body: bytes) -> None:
    environ["wsgi.input"] = BytesIO(body)
    if "HTTP_TRANSFER_ENCODING" in environ:  # a body that came without its length
        environ["CONTENT_LENGTH"] = str(len(body))


def path_of(scope: dict[str, Any]) -> bytes:
    raw: bytes = (scope.get("raw_path") or b"").partition(b"?")[0]
    if not raw:
        return str(scope["path"]).encode()
    return unquote_to_bytes(raw) if b"%" in raw else raw


def with_boundary_alone(content_type: str) -> str:
    """A type without any other parameter.

    JSON and the forms are UTF-8, and Django would believe in another charset, also in
    "hex", which is none: in all that it reads of the request, the query included.
    """
    boundary = BOUNDARY.search(content_type)
    kind = content_type.partition(";")[0].rstrip()
    return f"{kind}; boundary={boundary[1]}" if boundary else kind


@lru_cache(maxsize=256)
def environ_key(name: bytes) -> str:
    """The name of a header in WSGI; "" for "x_y", which would pass for "x-y"."""
    if b"_" in name:
        return ""
    key = name.decode("latin-1").upper().replace("-", "_")
    return key if key in WITHOUT_PREFIX else f"HTTP_{key}"


def add_header(environ: dict[str, Any], key: str, value: str) -> None:
    """Add a header, or one more of it."""
    if key in environ:
        between = "; " if key == "HTTP_COOKIE" else ","
        value = f"{environ[key]}{between}{value}"
    environ[key] = value
