"""Access tokens: which count, and what they say."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from phr.accounts.models import LoginSession, User, UserType
from phr.accounts.sessions import end_session
from phr.accounts.tokens import Tokens, key_id
from phr.care.models import DoctorProfile, PatientProfile
from phr.identity.sign_in import start_session
from tests.problem_answers import problem_of
from tests.rows import nothing_written

PROFILE = "/api/auth/profile/"
REFRESH = "/api/auth/token/refresh/"
OTHER_KEY = "another-installation-s-key-0123456789abc"
Claims = dict[str, Any]
Forge = Callable[[Claims], str]
pytestmark = pytest.mark.django_db


@pytest.fixture
def tokens(alice: PatientProfile) -> Tokens:
    return start_session(user=alice.user, at=timezone.now())


def get_profile(token: str) -> Any:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client.get(PROFILE)


def claims_of(token: str) -> Claims:
    claims: Claims = jwt.decode(token, options={"verify_signature": False})
    return claims


def signed(
    claims: Claims, key: str | None = None, algorithm: str = "HS256", **header: Any
) -> str:
    key = key or django_settings.JWT_SIGNING_KEY
    return jwt.encode(claims, key, algorithm, headers={"kid": key_id(key)} | header)


def by_hand(header: Any, claims: Any, signature: bytes = b"") -> str:
    """A token that no library would make."""
    parts = (json.dumps(header).encode(), json.dumps(claims).encode(), signature)
    return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def our_kid() -> str:
    return key_id(django_settings.JWT_SIGNING_KEY)


def test_an_access_token_says_who_and_which_session_and_nothing_else(
    alice: PatientProfile, tokens: Tokens
) -> None:
    claims = claims_of(tokens.access)

    session = LoginSession.objects.get()
    assert claims.keys() == {"iss", "aud", "iat", "exp", "jti", "sub", "sid", "typ"}
    assert (claims["sub"], claims["sid"]) == (str(alice.user_id), str(session.pk))
    assert claims["typ"] == "access"
    assert claims["exp"] - claims["iat"] == 5 * 60
    assert UUID(claims["jti"]).version == 7
    header = jwt.get_unverified_header(tokens.access)
    assert header == {"alg": "HS256", "typ": "JWT", "kid": our_kid()}


def test_a_refresh_token_lives_a_day(tokens: Tokens) -> None:
    claims = claims_of(tokens.refresh)

    assert claims["exp"] - claims["iat"] == 24 * 60 * 60
    assert claims["typ"] == "refresh"


def test_the_role_is_read_from_the_database_on_every_request(
    dr_dan: DoctorProfile,
) -> None:
    token = start_session(user=dr_dan.user, at=timezone.now()).access
    User.objects.filter(pk=dr_dan.user_id).update(
        user_type=UserType.ADMIN, is_staff=True
    )

    assert get_profile(token).json().keys() == {"user"}


@pytest.mark.parametrize("person", ["alice", "dr_dan", "sam"])
def test_authentication_takes_one_query(
    request: pytest.FixtureRequest, person: str
) -> None:
    somebody = request.getfixturevalue(person)
    user = somebody if isinstance(somebody, User) else somebody.user
    token = start_session(user=user, at=timezone.now()).access
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get("/api/notifications/?page_size=0")  # refused after it

    assert response.status_code == 400
    assert len(queries) == 1


FORGERIES: dict[str, Forge] = {
    "signed by another key under our kid": lambda claims: signed(
        claims, OTHER_KEY, kid=our_kid()
    ),
    "signed by another key under its own kid": lambda claims: signed(claims, OTHER_KEY),
    "of an unknown kid": lambda claims: signed(claims, kid="unknown"),
    "of a kid that is no text": lambda claims: by_hand(
        {"alg": "HS256", "kid": 7}, claims, b"x"
    ),
    "without a kid": lambda claims: jwt.encode(
        claims, django_settings.JWT_SIGNING_KEY, "HS256"
    ),
    "with alg none": lambda claims: by_hand({"alg": "none", "kid": our_kid()}, claims),
    "with alg NONE": lambda claims: by_hand({"alg": "NONE", "kid": our_kid()}, claims),
    "of another algorithm": lambda claims: signed(claims, algorithm="HS512"),
    "of an algorithm with a public key": lambda claims: by_hand(
        {"alg": "RS256", "kid": our_kid()}, claims, b"x"
    ),
    "with a critical extension": lambda claims: signed(claims, crit=["b64"], b64=False),
    "of another issuer": lambda claims: signed(claims | {"iss": "elsewhere"}),
    "for another audience": lambda claims: signed(claims | {"aud": "elsewhere"}),
    "of the wrong type": lambda claims: signed(claims | {"typ": "refresh"}),
    "of no known type": lambda claims: signed(claims | {"typ": ["access"]}),
    "for a session of another user": lambda claims: signed(
        claims | {"sub": str(uuid4())}
    ),
    "for no session": lambda claims: signed(claims | {"sid": str(uuid4())}),
    "with a session that is no id": lambda claims: signed(claims | {"sid": "1 OR 1=1"}),
    "with a session that is no text": lambda claims: signed(claims | {"sid": [1]}),
    "issued in the future": lambda claims: signed(
        claims | {"iat": claims["iat"] + 3600, "exp": claims["exp"] + 3600}
    ),
    "expired": lambda claims: signed(claims | {"exp": claims["iat"] - 1}),
    "with an expiry that is no number": lambda claims: signed(claims | {"exp": "soon"}),
    "that is a list": lambda claims: by_hand(
        {"alg": "HS256", "kid": our_kid()}, [claims], b"x"
    ),
    "that is huge": lambda claims: signed(claims | {"more": "x" * 60_000}),
    "that is one character too long": lambda claims: by_hand("x", "x", b"x" * 750),
    "deeply nested": lambda claims: (
        urlsafe_b64encode(b"[" * 740).decode().rstrip("=") + ".e30.eA"
    ),
    "that is empty": lambda claims: "",
    "that is a word": lambda claims: "letmein",
    "that is two words": lambda claims: "let me",
    "of dots": lambda claims: "..",
    "with letters outside of ASCII": lambda claims: "\xe9.\xe9.\xe9",
    "with a changed letter": lambda claims: signed(claims).replace(".", ".A", 1),
} | {
    f"without {name}": lambda claims, name=name: signed(
        {key: value for key, value in claims.items() if key != name}
    )
    for name in ("iss", "aud", "iat", "exp", "jti", "sub", "sid", "typ")
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_token_that_does_not_count_opens_nothing(
    alice: PatientProfile, tokens: Tokens, forge: Forge
) -> None:
    token = forge(claims_of(tokens.access))

    with nothing_written():
        response = get_profile(token)

    problem_of(response, 401, "invalid_token")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert alice.user.last_name not in response.content.decode()


def test_a_token_signed_by_hand_like_ours_counts(tokens: Tokens) -> None:
    """So that the forgeries above fail for what is wrong with each."""
    assert get_profile(signed(claims_of(tokens.access))).status_code == 200


def test_a_refresh_token_is_no_access_token(tokens: Tokens) -> None:
    problem_of(get_profile(tokens.refresh), 401, "invalid_token")


def test_an_access_token_ends_after_five_minutes(alice: PatientProfile) -> None:
    now = timezone.now()
    token = start_session(user=alice.user, at=now).access

    with time_machine.travel(now + timedelta(minutes=4, seconds=58), tick=False):
        assert get_profile(token).status_code == 200
    with time_machine.travel(now + timedelta(minutes=5, seconds=1), tick=False):
        problem_of(get_profile(token), 401, "invalid_token")


@pytest.mark.parametrize("ahead", [1, 29])
def test_tokens_of_a_host_whose_clock_is_ahead_count_at_once(
    alice: PatientProfile, ahead: int
) -> None:
    now = timezone.now()
    tokens = start_session(user=alice.user, at=now + timedelta(seconds=ahead))

    with time_machine.travel(now, tick=False):
        assert get_profile(tokens.access).status_code == 200
        body = {"refresh": tokens.refresh}
        assert APIClient().post(REFRESH, body).status_code == 200


@pytest.mark.parametrize("name", ["iat", "nbf"])
@pytest.mark.parametrize(("ahead", "status"), [(30, 200), (31, 401), (3_600, 401)])
def test_a_token_may_begin_half_a_minute_ahead_and_no_more(
    tokens: Tokens, name: str, ahead: int, status: int
) -> None:
    claims = claims_of(tokens.access)
    begins = {name: claims["iat"] + ahead}

    with time_machine.travel(claims["iat"], tick=False):
        assert get_profile(signed(claims | begins)).status_code == status


@pytest.mark.parametrize("past", [0, 1, 29])
@pytest.mark.parametrize("is_known", [True, False])
def test_no_token_counts_for_an_instant_after_its_end(
    tokens: Tokens, past: int, *, is_known: bool
) -> None:
    end = claims_of(tokens.access)["exp"]
    if is_known:  # what was checked once is remembered
        assert get_profile(tokens.access).status_code == 200

    with time_machine.travel(end + past, tick=False):
        problem_of(get_profile(tokens.access), 401, "invalid_token")
    with time_machine.travel(end - 1, tick=False):
        assert get_profile(tokens.access).status_code == 200


def test_tokens_of_a_previous_key_count_while_it_is_listed(
    tokens: Tokens, settings: Settings
) -> None:
    previous, settings.JWT_SIGNING_KEY = settings.JWT_SIGNING_KEY, OTHER_KEY

    problem_of(get_profile(tokens.access), 401, "invalid_token")
    settings.JWT_PREVIOUS_KEYS = [previous]
    assert get_profile(tokens.access).status_code == 200
    refreshed = APIClient().post(REFRESH, {"refresh": tokens.refresh})
    assert refreshed.status_code == 200
    new_kid = jwt.get_unverified_header(refreshed.json()["access"])["kid"]
    assert new_kid == key_id(OTHER_KEY)


def test_the_secret_key_signs_no_tokens(tokens: Tokens) -> None:
    forged = signed(
        claims_of(tokens.access), str(django_settings.SECRET_KEY), kid=our_kid()
    )

    problem_of(get_profile(forged), 401, "invalid_token")


def test_a_revoked_session_opens_nothing(tokens: Tokens) -> None:
    end_session(session_id=LoginSession.objects.get().pk, at=timezone.now())

    problem_of(get_profile(tokens.access), 401, "invalid_token")


def test_a_deactivated_user_is_out_with_the_next_request(
    alice: PatientProfile, tokens: Tokens
) -> None:
    assert get_profile(tokens.access).status_code == 200

    User.objects.filter(pk=alice.user_id).update(is_active=False)

    problem_of(get_profile(tokens.access), 401, "invalid_token")


def test_a_token_does_not_open_the_session_of_somebody_else(
    carol: PatientProfile, tokens: Tokens
) -> None:
    start_session(user=carol.user, at=timezone.now())
    carols = LoginSession.objects.get(user=carol.user)
    forged = signed(claims_of(tokens.access) | {"sid": str(carols.pk)})

    response = get_profile(forged)

    problem_of(response, 401, "invalid_token")
    assert carol.user.last_name not in response.content.decode()


@pytest.mark.parametrize("header", ["", "Basic YWxpY2U6eA==", "Bearer", "Token abc"])
def test_without_a_bearer_token_one_is_asked_to_sign_in(header: str) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header)

    response = client.get(PROFILE)

    code = "invalid_token" if header == "Bearer" else "not_authenticated"
    problem_of(response, 401, code)
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_the_scheme_is_taken_in_any_case(tokens: Tokens) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"bEARER {tokens.access}")

    assert client.get(PROFILE).status_code == 200


def test_a_token_in_the_query_is_not_taken(tokens: Tokens) -> None:
    response = APIClient().get(PROFILE, {"access_token": tokens.access})

    problem_of(response, 401, "not_authenticated")


def test_the_admin_sites_session_opens_no_api(sam: User) -> None:
    client = APIClient()
    client.force_login(sam)

    problem_of(client.get(PROFILE), 401, "not_authenticated")
