"""Behind a proxy of ours: who the client is, what it asked for, where links lead."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from config.network_addresses import read_network
from phr.accounts.models import LoginSession
from phr.care.models import PatientProfile
from tests.conftest import Api
from tests.factories import PASSWORD, HealthRecordFactory
from tests.problem_answers import problem_of
from tests.production import ask_production

pytestmark = pytest.mark.django_db
LOGIN, PROFILE = "/api/auth/login/", "/api/auth/profile/"
RECORDS = "/api/health-records/"
PROXY, CLIENT = "10.1.2.3", "203.0.113.7"
SIX = "2001:db8::7"


@pytest.fixture(autouse=True)
def _our_proxies(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [
        read_network("10.0.0.0/8"),
        read_network("2001:db8:a::/48"),
    ]


def address_noted(**headers: Any) -> str | None:
    """The address that a sign-in is entered with."""
    body = {"username": "alice", "password": PASSWORD}
    assert APIClient().post(LOGIN, body, **headers).status_code == 200
    return LoginSession.objects.latest("created_at").address


@pytest.mark.parametrize(
    ("written", "client"),
    [
        ("203.0.113.7", CLIENT),
        ("203.0.113.7:51000", CLIENT),  # Azure's gateway, IIS
        ("[203.0.113.7]:51000", CLIENT),
        ("203.0.113.7:_hidden", CLIENT),
        ('"203.0.113.7:51000"', CLIENT),
        ("\t203.0.113.7 ", CLIENT),
        ("::ffff:203.0.113.7", CLIENT),
        ("::FFFF:203.0.113.7:51000", CLIENT),
        ("[::ffff:203.0.113.7]:51000", CLIENT),
        ("::ffff:cb00:7107", CLIENT),
        ("2001:db8::7", SIX),
        ("2001:DB8:0:0:0:0:0:7", SIX),
        ("[2001:db8::7]", SIX),
        ("[2001:db8::7]:51000", SIX),
        ('"[2001:db8::7]:51000"', SIX),
        ("[2001:db8::7%25eth0]:51000", SIX),
        ("2001:db8::7%eth0", SIX),
        ("198.51.100.66, 203.0.113.7:51000", CLIENT),  # forged in front
        ("198.51.100.66:1,203.0.113.7:2", CLIENT),
        ("203.0.113.7:51000, 10.9.9.9:443", CLIENT),  # two proxies of ours
        ("203.0.113.7:51000, [2001:db8:a::1]:443", CLIENT),
        ("203.0.113.7:51000, ::ffff:10.9.9.9", CLIENT),
        ("203.0.113.7,", CLIENT),  # one header of two is empty
        (", ,203.0.113.7 , ,", CLIENT),
    ],
)
def test_the_client_is_found_in_whatever_form_a_proxy_writes_it(
    alice: PatientProfile, written: str, client: str
) -> None:
    noted = address_noted(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=written)

    assert noted == client


@pytest.mark.parametrize(
    "written",
    [
        "",
        ",",
        "unknown",
        "_hidden",
        "_hidden:_port",
        "nonsense",
        "203.0.113.7, unknown",  # whoever stands before that is not believed
        "203.0.113.7, 203.0.113.7:port",
        "203.0.113.7:99999999",
        "203.0.113.7:",
        "203.0.113.007",
        "203.0.113",
        "203.0.113.7.8:80",
        "[203.0.113.7",
        "203.0.113.7]:80",
        "[]:80",
        "[2001:db8::7]x",
        "2001:db8:0:0:0:0:0:7:51000",  # the port, or an end too many: nobody can tell
        "\u0662\u0660\u0663.0.113.7",
        "203.0.113.7;203.0.113.8",
        "for=203.0.113.7",
    ],
)
def test_where_no_proxy_of_ours_names_a_client_it_is_the_proxy(
    alice: PatientProfile, written: str
) -> None:
    raw = written.encode().decode("latin-1")

    assert address_noted(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=raw) == PROXY


@pytest.mark.parametrize(
    "connection", [PROXY, "::ffff:10.1.2.3", "::FFFF:0a01:0203", "2001:db8:a::5"]
)
def test_a_proxy_is_known_on_either_kind_of_socket(
    alice: PatientProfile, connection: str
) -> None:
    noted = address_noted(REMOTE_ADDR=connection, HTTP_X_FORWARDED_FOR=CLIENT)

    assert noted == CLIENT


@pytest.mark.parametrize("network", ["::ffff:10.0.0.0/104", "::ffff:a01:203"])
def test_a_network_of_proxies_may_be_written_as_ipv6(
    alice: PatientProfile, settings: Settings, network: str
) -> None:
    settings.TRUSTED_PROXIES = [read_network(network)]

    assert address_noted(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=CLIENT) == CLIENT


@pytest.mark.parametrize(
    ("written", "client"),
    [
        ("for=203.0.113.7", CLIENT),
        ('For="203.0.113.7:51000"', CLIENT),
        ('for="[2001:db8::7]:51000"', SIX),
        ('FOR="[2001:db8::7]";by=10.1.2.3;proto=https', SIX),
        ("proto=https; for=203.0.113.7 ; by=_ours", CLIENT),
        ("for=198.51.100.66, for=203.0.113.7", CLIENT),
        ("for=198.51.100.66,for=203.0.113.7;proto=http,for=10.9.9.9", CLIENT),
        ('for="unclosed, for=203.0.113.7', CLIENT),
        ("for=unknown", PROXY),
        ("for=_hidden;proto=https", PROXY),
        ("for=203.0.113.7, proto=https", PROXY),  # our proxy names nobody
        ("for=203.0.113.7, for=", PROXY),
        ("203.0.113.7", PROXY),
        ("", PROXY),
    ],
)
def test_a_proxy_may_speak_by_the_standard(
    alice: PatientProfile, written: str, client: str
) -> None:
    """RFC 7239."""
    assert address_noted(REMOTE_ADDR=PROXY, HTTP_FORWARDED=written) == client


@pytest.mark.parametrize(
    "header",
    [
        {"HTTP_X_FORWARDED_FOR": CLIENT},
        {"HTTP_X_FORWARDED_FOR": CLIENT, "HTTP_X_FORWARDED_PROTO": "https"},
    ],
)
def test_what_our_proxy_lets_through_beside_its_own_headers_does_not_count(
    alice: PatientProfile, header: dict[str, str]
) -> None:
    forged = {"HTTP_FORWARDED": "for=198.51.100.66;host=evil.example"}

    assert address_noted(REMOTE_ADDR=PROXY, **forged, **header) == CLIENT
    proto = {"HTTP_X_FORWARDED_PROTO": "https"}
    assert address_noted(REMOTE_ADDR=PROXY, **forged, **proto) == PROXY


@pytest.mark.parametrize("name", ["HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR"])
def test_nobody_else_is_believed(alice: PatientProfile, name: str) -> None:
    forged = {name: f"for={CLIENT}" if name == "HTTP_FORWARDED" else CLIENT}

    assert address_noted(REMOTE_ADDR="192.0.2.1", **forged) == "192.0.2.1"
    assert address_noted(REMOTE_ADDR="::ffff:192.0.2.1", **forged) == "192.0.2.1"


HTTPS_ASKED = {
    "a list": {"HTTP_X_FORWARDED_PROTO": "https, http"},
    "in capitals": {"HTTP_X_FORWARDED_PROTO": " HTTPS "},
    "by the standard": {"HTTP_FORWARDED": "for=203.0.113.7;proto=https"},
    "by the standard, of two": {
        "HTTP_FORWARDED": 'for=203.0.113.7;proto="HTTPS", for=10.9.9.9;proto=http'
    },
}
HTTP_ASKED = {
    "a list": {"HTTP_X_FORWARDED_PROTO": "http, https"},
    "another": {"HTTP_X_FORWARDED_PROTO": "wss"},
    "nothing": {"HTTP_X_FORWARDED_PROTO": ""},
    "by the standard": {"HTTP_FORWARDED": "for=203.0.113.7;proto=http"},
    "forged in front": {
        "HTTP_FORWARDED": "for=198.51.100.66;proto=https, for=203.0.113.7;proto=http"
    },
    "beside its own headers": {
        "HTTP_X_FORWARDED_FOR": CLIENT,
        "HTTP_FORWARDED": "for=203.0.113.7;proto=https",
    },
}


def test_https_counts_where_our_proxy_was_asked_by_it() -> None:
    asked = [*HTTPS_ASKED.values(), *HTTP_ASKED.values()]
    questions = [("GET", PROFILE, {"REMOTE_ADDR": PROXY} | each) for each in asked]

    answers = ask_production(*questions, TRUSTED_PROXIES="10.0.0.0/8")

    statuses = [status for status, _, _ in answers]
    assert statuses == [401] * len(HTTPS_ASKED) + [403] * len(HTTP_ASKED)


HOSTS = {
    "as a proxy says": {"HTTP_X_FORWARDED_HOST": "phr.example.net"},
    "of two proxies": {"HTTP_X_FORWARDED_HOST": "phr.example.net, inner.example.net"},
    "by the standard": {"HTTP_FORWARDED": "for=203.0.113.7;host=phr.example.net"},
    "with a port": {"HTTP_FORWARDED": 'host="phr.example.net:8443";for=203.0.113.7'},
}


@pytest.mark.parametrize("told", HOSTS.values(), ids=HOSTS)
def test_the_host_that_our_proxy_was_asked_for_is_the_one_that_has_to_be_allowed(
    settings: Settings, told: dict[str, str]
) -> None:
    """The proxy itself may ask for whatever it likes."""
    behind: Any = {"REMOTE_ADDR": PROXY, "HTTP_HOST": "127.0.0.1:8000"} | told
    settings.ALLOWED_HOSTS = ["phr.example.net"]

    problem_of(APIClient().get(PROFILE, **behind), 401, "not_authenticated")
    behind["REMOTE_ADDR"] = "192.0.2.1"
    problem_of(APIClient().get(PROFILE, **behind), 400, "bad_host")
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    problem_of(APIClient().get(PROFILE, **behind), 401, "not_authenticated")
    behind["REMOTE_ADDR"] = PROXY
    problem_of(APIClient().get(PROFILE, **behind), 400, "bad_host")


LINKS = {
    "a proxy's own name": {"REMOTE_ADDR": PROXY, "HTTP_HOST": "localhost:8000"},
    "another name": {"REMOTE_ADDR": PROXY, "HTTP_X_FORWARDED_HOST": "localhost"},
    "by the standard": {"REMOTE_ADDR": PROXY, "HTTP_FORWARDED": "host=localhost"},
    "without a proxy": {"HTTP_HOST": "127.0.0.1:8000"},
}
OURS = "https://records.example.org/"


@pytest.mark.parametrize("asked", LINKS.values(), ids=LINKS)
def test_links_lead_to_where_people_reach_the_server(
    api: Api, alice: PatientProfile, asked: dict[str, str]
) -> None:
    HealthRecordFactory.create_batch(2, patient=alice)
    client: Any = api("alice")
    new = {"record_type": "CHECKUP", "title": "A", "visit_date": "2026-05-04T09:30:00Z"}

    made = client.post(RECORDS, new, **asked)
    first = client.get(f"{RECORDS}?page_size=1", **asked).json()
    second = client.get(first["next"], **asked).json()
    guide = Client().get("/api-docs/", **asked).content.decode()  # type: ignore[arg-type] # headers

    assert made.headers["Location"] == f"{OURS}api/health-records/{made.json()['id']}/"
    for link in (first["next"], second["next"], second["previous"]):
        assert link.startswith(f"{OURS}api/health-records/?page_size=1&")
    assert not re.search("localhost|127.0.0.1", guide)
    assert f"{OURS}api/" in guide


def test_a_form_may_come_from_where_people_reach_it(
    settings: Settings,
) -> None:
    """Behind a proxy that asks for another name than its clients do."""
    client = Client(
        enforce_csrf_checks=True, REMOTE_ADDR=PROXY, HTTP_HOST="localhost:8000"
    )
    page = client.get("/sign-in/").content.decode()
    token = re.findall('name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    form = {"username": "nobody", "password": "x", "csrfmiddlewaretoken": token}

    here = client.post("/sign-in/", form, HTTP_ORIGIN="https://records.example.org")
    elsewhere = client.post("/sign-in/", form, HTTP_ORIGIN="https://evil.example")

    assert (here.status_code, elsewhere.status_code) == (401, 403)
