"""Tokens with headers and claims that no server of ours writes.

tests/identity/test_tokens forges signature, algorithm, issuer, audience and type.
"""

import json
from base64 import urlsafe_b64encode
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings as django_settings
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.tokens import Tokens, key_id
from phr.care.models import PatientProfile
from phr.identity.sign_in import start_session
from tests.attacks.acting import LOGIN, PROFILE, REFRESH, holding
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

OTHER_KEY = "another-installation-s-key-0123456789abc"
pytestmark = pytest.mark.django_db


@pytest.fixture
def tokens(alice: PatientProfile) -> Tokens:
    return start_session(user=alice.user, at=timezone.now())


def ours() -> str:
    return str(django_settings.JWT_SIGNING_KEY)


def signed(token: str, key: str = "", header: Any = None, **claims: Any) -> str:
    """The same token, signed again, with other words in it."""
    said = jwt.decode(token, options={"verify_signature": False}) | claims
    return sealed(json.dumps(said), key, header or {"kid": kid()})


def sealed(text: str, key: str = "", header: Any = None) -> str:
    """A token of whatever text, with a right signature."""
    return jwt.PyJWS().encode(text.encode(), key or ours(), "HS256", header)


def kid() -> str:
    return key_id(ours())


def refused_everywhere(token: str) -> None:
    """The token opens nothing and refreshes nothing."""
    with nothing_written():
        problem_of(holding(token).get(PROFILE), 401, "invalid_token")
        answer = APIClient().post(REFRESH, {"refresh": token})
        assert answer.status_code in (400, 401)


KIDS: list[Any] = [
    "",
    " ",
    "../../../dev/null",
    "/dev/null",
    "' UNION SELECT 'key",
    "' OR '1'='1",
    "|/bin/id",
    "http://127.0.0.1/key",
    "\0",
    "é",
    "0" * 16,
]


@pytest.mark.parametrize("named", KIDS)
@pytest.mark.parametrize("key", ["", OTHER_KEY, "\0" * 32, "key" * 11])
def test_a_key_is_found_by_its_own_name_and_no_other(
    tokens: Tokens, named: str, key: str
) -> None:
    refused_everywhere(signed(tokens.access, key, {"kid": named}))


@pytest.mark.parametrize("named", ["7", "true", "null", "[]", '["x"]', "{}", "1e999"])
def test_a_name_of_a_key_that_is_no_text_names_none(tokens: Tokens, named: str) -> None:
    header = f'{{"alg": "HS256", "typ": "JWT", "kid": {named}}}'.encode()
    rest = signed(tokens.access).partition(".")[2]

    refused_everywhere(urlsafe_b64encode(header).decode().rstrip("=") + "." + rest)


def test_the_name_of_a_previous_key_does_not_stand_for_the_present_one(
    tokens: Tokens, settings: Any
) -> None:
    settings.JWT_PREVIOUS_KEYS = [OTHER_KEY]

    refused_everywhere(signed(tokens.access, ours(), {"kid": key_id(OTHER_KEY)}))
    refused_everywhere(signed(tokens.access, OTHER_KEY, {"kid": kid()}))


def test_a_key_that_was_taken_out_of_use_signs_nothing_any_more(
    tokens: Tokens, settings: Any
) -> None:
    settings.JWT_SIGNING_KEY = OTHER_KEY

    refused_everywhere(tokens.access)
    refused_everywhere(tokens.refresh)


@pytest.mark.parametrize(
    "more",
    [
        {"jku": "http://127.0.0.1:1/keys"},
        {"x5u": "http://127.0.0.1:1/cert"},
        {"jwk": {"kty": "oct", "k": urlsafe_b64encode(OTHER_KEY.encode()).decode()}},
        {"x5c": ["AA=="]},
        {"zip": "DEF"},
    ],
)
def test_no_header_brings_a_key_along(tokens: Tokens, more: dict[str, Any]) -> None:
    """The key that it brings, or points to, is not looked at: under ours it counts as
    ever, under its own never."""
    refused_everywhere(signed(tokens.access, OTHER_KEY, {"kid": kid(), **more}))
    refused_everywhere(
        signed(tokens.access, OTHER_KEY, {"kid": key_id(OTHER_KEY), **more})
    )


def test_a_public_key_is_no_secret_to_sign_with(tokens: Tokens) -> None:
    public = rsa.generate_private_key(65537, 2048).public_key()
    text = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo).hex()

    refused_everywhere(signed(tokens.access, text[:64], {"kid": kid()}))


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": True},
        {"exp": -1},
        {"exp": None},
        {"exp": "9999999999"[:3]},
        {"exp": [9_999_999_999]},
        {"exp": float("inf")},
        {"exp": float("nan")},
        {"exp": "9999999999"},
        {"exp": " 9999999999 "},
        {"exp": "1e10"},
        {"exp": 9_999_999_999.5},
        {"exp": 1e300},
        {"exp": {"at": 9_999_999_999}},
        {"exp": "\uff19" * 10},
        {"iat": "1"},
        {"iat": 1.5},
        {"iat": True},
        {"iat": []},
        {"nbf": "1"},
        {"nbf": 1.5},
        {"nbf": True},
        {"nbf": None},
        {"iss": None},
        {"iss": 7},
        {"iss": ["health-record-api"]},
        {"iss": {"health-record-api": 1}},
        {"aud": 7},
        {"aud": [7]},
        {"aud": None},
        {"sid": [[]]},
        {"sid": 10**40},
        {"jti": None},
        {"jti": 1.5},
        {"typ": {}},
        {"iat": "soon"},
        {"iat": None},
        {"iat": float("inf")},
        {"iat": 10**30},
        {"nbf": 10**12},
        {"nbf": "soon"},
        {"nbf": float("inf")},
        {"sub": None},
        {"sub": 7},
        {"sub": True},
        {"sub": ""},
        {"sub": "alice"},
        {"sid": {}},
        {"sid": "\0"},
        {"sid": "' OR 1=1 --"},
        {"jti": 7},
        {"jti": "x"},
        {"typ": None},
        {"typ": True},
        {"typ": "ACCESS"},
        {"typ": ["access"]},
        {"aud": []},
        {"aud": {}},
        {"aud": "health-record-api "},
    ],
    ids=str,
)
def test_claims_of_another_kind_than_ours_do_not_count(
    tokens: Tokens, claims: dict[str, Any]
) -> None:
    """Signed by our own key: so not even a mistake of ours breaks anything."""
    refused_everywhere(signed(tokens.access, **claims))


@pytest.mark.parametrize(
    "said", ["[" * 500, "[" * 240 + "]" * 240, '{"exp":' * 70, "7", "null", '"x"', "\\"]
)
def test_what_is_signed_and_no_set_of_claims_does_not_count(said: str) -> None:
    refused_everywhere(sealed(said, header={"kid": kid()}))


@pytest.mark.parametrize("nested", ["[" * 700, '{"kid":' * 100, "[" * 350 + "]" * 350])
def test_a_header_that_is_nested_deeply_names_no_key(
    tokens: Tokens, nested: str
) -> None:
    header = urlsafe_b64encode(nested.encode()).decode().rstrip("=")

    refused_everywhere(f"{header}.e30.e30")


@pytest.mark.parametrize(
    "claims",
    [
        {"user_type": "ADMIN"},
        {"is_staff": True, "role": "ADMIN", "scope": "*"},
        {"proved_at": 10**10, "second_factor": True},
        {"username": "carol"},
    ],
    ids=str,
)
def test_what_a_token_says_beyond_its_ids_is_not_heard(
    tokens: Tokens, claims: dict[str, Any]
) -> None:
    client = holding(signed(tokens.access, **claims))

    assert client.get(PROFILE).json()["user"]["username"] == "alice"
    problem_of(client.get("/api/staff/verifications/"), 403, "not_allowed")


def test_a_token_of_an_account_that_is_gone_opens_nothing(
    alice: PatientProfile, tokens: Tokens
) -> None:
    user = alice.user
    alice.delete()
    user.delete()

    refused_everywhere(tokens.access)
    refused_everywhere(tokens.refresh)


@pytest.mark.parametrize("token", ["x" * 2**20, "a." * 2**19, "." * 2**20])
def test_a_token_of_a_mebibyte_costs_nothing(tokens: Tokens, token: str) -> None:
    with nothing_written():
        problem_of(holding(token).get(PROFILE), 401, "invalid_token")
        answer = APIClient().post(REFRESH, {"refresh": token[: 2**19]})
        assert faults_of(answer) == {("refresh", "max_length")}


@pytest.mark.parametrize(
    "token", ["é.é.é", "\u202e", "\uff41.\uff42.\uff43", "\x00", "a\tb"]
)
def test_a_token_of_other_letters_is_none(tokens: Tokens, token: str) -> None:
    raw = token.encode().decode("latin-1")

    with nothing_written():
        problem_of(holding(raw).get(PROFILE), 401, "invalid_token")


@pytest.mark.parametrize("name", ["access", "token", "sessionid", "Authorization"])
def test_a_token_in_a_cookie_or_a_query_is_not_taken(tokens: Tokens, name: str) -> None:
    client = APIClient()
    client.cookies[name] = tokens.access

    with nothing_written():
        problem_of(client.get(PROFILE), 401, "not_authenticated")
        problem_of(
            APIClient().get(PROFILE, {name: tokens.access}), 401, "not_authenticated"
        )
        problem_of(
            APIClient().post("/api/auth/logout/", {name: tokens.access}),
            401,
            "not_authenticated",
        )


def test_a_token_sent_to_where_none_is_needed_changes_nothing(
    tokens: Tokens, carol: PatientProfile
) -> None:
    """Signing in as Carol while Alice's token, or a broken one, is sent along."""
    body = {"username": "carol", "password": "correct horse battery 7"}

    for token in (tokens.access, "broken"):
        answer = holding(token).post(LOGIN, body)
        assert answer.json()["user"]["username"] == "carol"
