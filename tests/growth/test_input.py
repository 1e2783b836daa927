"""What reads a stranger's input takes time by its length, whatever is in it."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache, partial
from ipaddress import ip_network
from typing import Any
from zipfile import ZipInfo

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from fido2 import cbor
from rest_framework import serializers

import phr.api.urls  # noqa: F401 - with it come all serializers
from phr.accounts.models import User
from phr.accounts.passwords import check_new_password
from phr.api.accounts.serializers import LONGEST_PASSWORD
from phr.api.fields import StrictSerializer
from phr.archive.reader import ArchiveRefused, check_members, parsed
from phr.core.errors import DomainError
from phr.identity.typed_codes import plain_code
from phr.interfaces.proxies import (
    FOR,
    FORWARDED,
    HOST,
    PROTO,
    client_address,
    first_stranger,
    put_what_is_believed,
)
from server.request_sender import name_in_body
from tests.cases import for_each
from tests.growth.costs import MOST_GROWTH, growth
from tests.nasty_texts import NASTY, repeated

RECORDS, SIGN_IN = "/api/health-records/", "/sign-in/"
HEADERS = [
    *("Accept", "Accept-Language", "Accept-Encoding", "Authorization", "Range"),
    *("If-None-Match", "If-Modified-Since", "Origin", "User-Agent", "X-Request-ID"),
    *("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "Host"),
]
OF_A_HEADER = 2_000  # characters; eight times as many are the most that are taken
LISTS = {
    "media types": repeated("a/b;q=0.1,"),
    "languages": repeated("de-AT;q=0.5,"),
    "tags": repeated('W/"x",'),
    "ranges": repeated("bytes=0-1,"),
    "addresses": repeated("127.0.0.1,"),
    "long addresses": repeated("::1, "),
    "addresses with ports": repeated("127.0.0.1:80,"),
    "elements": repeated('for="[::1]:80";proto=https,'),
    "parameters of an element": repeated("for=127.0.0.1;"),
    "ends of addresses": repeated(".1"),
    "parameters": repeated("a=1&"),
    "parameters of a list": repeated("search=1&"),
    "brackets in names": repeated("a[]=1&"),
}
FORMS = NASTY | {
    "parameters": LISTS["parameters"],
    "parts": repeated('--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'),
    "headers of a part": lambda n: "--x\r\n" + repeated("A: b\r\n")(n),
    "a part's name": lambda n: (
        "--x\r\nContent-Disposition: form-data; "
        f'name="{repeated(chr(92))(n)}"\r\n\r\n1\r\n--x--'
    ),
    "a boundary again and again": repeated("\r\n--x"),
    "half a boundary": repeated("\r\n--"),
}


def in_header(text: str) -> str:
    """As a server gives it to Django: one letter for each byte."""
    return text.encode().decode("latin-1")


@cache
def fields() -> list[serializers.Field[Any, Any, Any, Any]]:
    """The fields of the API, of those that are alike one."""
    found = {
        (type(field), repr(field)): field
        for serializer in of_input(StrictSerializer)
        for field in serializer().fields.values()
        if not isinstance(field, serializers.BaseSerializer)
    }
    return list(found.values())


def of_input(kind: type[StrictSerializer]) -> Iterator[type[StrictSerializer]]:
    for serializer in kind.__subclasses__():
        yield serializer
        yield from of_input(serializer)


@for_each("kind", NASTY)
def test_every_field_of_the_api_is_checked_in_time_by_its_length(kind: str) -> None:
    def check(text: str) -> None:
        for field in fields():
            with suppress(serializers.ValidationError, ValidationError):
                field.run_validation(text)

    assert len(fields()) > 20
    assert growth(check, NASTY[kind], short=5_000) < MOST_GROWTH


@for_each("kind", NASTY)
def test_a_new_password_is_compared_in_time_with_names_as_long(kind: str) -> None:
    def check(text: str) -> None:
        user = User(
            username=text[:150],
            first_name=text[:150],
            last_name=text[::-1][:150],
            email=f"{text[:100]}@{text[:100]}",
        )
        with suppress(DomainError):
            check_new_password(text, user)

    assert growth(check, NASTY[kind], short=LONGEST_PASSWORD // 8) < MOST_GROWTH


@for_each("kind", NASTY)
def test_a_code_is_compared_in_time_by_its_length(kind: str) -> None:
    assert growth(plain_code, NASTY[kind], short=5_000) < MOST_GROWTH


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_is_read_in_time_by_its_length(db: None, header: str) -> None:
    client = Client()
    texts: list[Callable[[int], str]] = [*NASTY.values(), *LISTS.values()]

    def ask(length: int) -> None:
        for text in texts:
            value = in_header(text(length))[:length]
            answer = client.get(RECORDS, headers={header: value})
            assert answer.status_code < 500

    assert growth(ask, lambda length: length, short=OF_A_HEADER) < MOST_GROWTH


def test_an_address_is_looked_for_in_time_by_its_length(db: None) -> None:
    client = Client()

    def ask(length: int) -> None:
        for text in (*NASTY.values(), *LISTS.values(), repeated("/"), repeated("a/")):
            path = f"/api/{in_header(text(length))[:length]}"
            assert client.generic("GET", "/", PATH_INFO=path).status_code == 404

    assert growth(ask, lambda length: length, short=OF_A_HEADER) < MOST_GROWTH


@pytest.mark.parametrize("page", [RECORDS, SIGN_IN])
def test_a_query_is_read_in_time_by_its_length(db: None, page: str) -> None:
    client = Client()

    def ask(length: int) -> None:
        for text in (*NASTY.values(), *LISTS.values()):
            value = in_header(text(length))[:length]
            assert client.get(page, QUERY_STRING=value).status_code < 500

    assert growth(ask, lambda length: length, short=OF_A_HEADER) < MOST_GROWTH


@pytest.mark.parametrize(
    "kind",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        f"multipart/form-data; boundary={'x' * 70}",
        f"multipart/form-data; boundary={'x' * 9_000}",  # Django 6.1 reads 10,000
    ],
    ids=["fields", "parts", "long boundary", "endless boundary"],
)
def test_a_form_is_read_in_time_by_its_length(db: None, kind: str) -> None:
    client = Client()

    def send(length: int) -> None:
        for text in FORMS.values():
            answer = client.post(SIGN_IN, text(length).encode(), content_type=kind)
            assert answer.status_code < 500

    assert growth(send, lambda length: length, short=10_000) < MOST_GROWTH


def hops(read: Callable[[str], object]) -> Callable[[int], None]:
    """Read addresses as a proxy forwards them."""

    def work(length: int) -> None:
        for text in (*NASTY.values(), *LISTS.values()):
            read(text(length))

    return work


def forwarded(name: str, text: str) -> object:
    environ = {"REMOTE_ADDR": "127.0.0.1", name: text}
    address = client_address(environ)
    put_what_is_believed(environ)
    assert environ["REMOTE_ADDR"] == address
    return environ


def test_forwarded_addresses_are_read_in_time_by_their_length(settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.0/8"), ip_network("::1")]
    for name in (FOR, PROTO, HOST, FORWARDED):
        read = hops(partial(forwarded, name))
        assert growth(read, lambda n: n, short=OF_A_HEADER) < MOST_GROWTH
    read = hops(lambda text: first_stranger(text.split(",")))
    assert growth(read, lambda n: n, short=OF_A_HEADER) < MOST_GROWTH


def cbor_of(length: int) -> list[bytes]:
    size = length.to_bytes(4, "big")
    return [
        b"\x9a" + size + b"\x00" * length,  # numbers
        b"\x9a" + size + b"\x80" * length,  # empty lists
        b"\xba" + size + b"\x00\x00" * length,  # a map of one key
        cbor.encode(dict.fromkeys(range(length // 4), 0)),
        b"\x7a" + size + b"a" * length,
        b"\x81" * length,
        b"\xa1" * length,
        b"\xc2" * length,
    ]


def decode_all(messages: list[bytes]) -> None:
    for message in messages:
        with suppress(ValueError, LookupError, RecursionError, TypeError):
            cbor.decode(message)


def test_what_an_authenticator_sends_is_read_in_time_by_its_length() -> None:
    assert growth(decode_all, cbor_of) < MOST_GROWTH


def parse_all(texts: list[bytes]) -> None:
    for text in texts:
        with suppress(ArchiveRefused):
            parsed(text, "records.json")


def json_of(length: int) -> list[bytes]:
    return [
        *(json.dumps(text(length)).encode() for text in NASTY.values()),
        *(b"[" * length, b'{"a":' * length, b"9" * length, b"1e" * length),
        b"[" + b"1," * length + b"1]",
        json.dumps({str(number): number for number in range(length)}).encode(),
    ]


def test_json_of_an_archive_is_read_in_time_by_its_length() -> None:
    assert growth(parse_all, json_of, short=20_000) < MOST_GROWTH


def members(length: int) -> list[ZipInfo]:
    return [ZipInfo(f"records-{number:05}.json") for number in range(length)]


def test_members_of_an_archive_are_checked_in_time_by_their_number() -> None:
    def check(infos: list[ZipInfo]) -> None:
        with suppress(ArchiveRefused):
            check_members(infos)

    assert growth(check, members) < MOST_GROWTH


class Body:
    def __init__(self, body: bytes) -> None:
        self.body = body

    def getvalue(self) -> bytes:
        return self.body


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_a_name_is_found_in_a_body_in_time_by_its_length(kind: str) -> None:
    def find(bodies: list[bytes]) -> None:
        for body in bodies:
            name_in_body({"wsgi.input": Body(body), "CONTENT_TYPE": kind})

    def bodies(length: int) -> list[bytes]:
        texts = [text(length) for text in (*NASTY.values(), *LISTS.values())]
        named = [json.dumps({"username": text}) for text in texts]
        return [text.encode() for text in (*texts, *named)]

    assert growth(find, bodies, short=1_000) < MOST_GROWTH
