"""The pages for people."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.contrib.staticfiles import finders
from django.test import Client

from phr.api.pages.error_codes import FAULTS, fault_codes, kinds_of, problem_codes
from phr.api.problem_kinds import ADVICE
from phr.core.errors import DomainError, Invalid
from tests.openapi.test_document import WHOLE, examples_of, resolve

pytestmark = pytest.mark.django_db  # for the pages of others that are pointed to

PAGES = ["/api/", "/api-docs/", "/swagger/", "/redoc/"]
POINTED_TO = [
    "/",
    "/api-docs/",
    "/swagger/",
    "/redoc/",
    "/api/schema/",
    "/admin/",
    "/health/ready/",
]


class Page(HTMLParser):
    """What a page is made of: its ids, what it loads, its scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append((tag, values))
        if name := values.get("id"):
            self.ids.append(name)
        for attribute in ("src", "href", "spec-url"):
            if address := values.get(attribute):
                self.addresses.append(address)
        if tag == "a":
            self.links.append(values.get("href") or "")


def read(client: Any, path: str) -> Page:
    answer = client.get(path)
    assert answer.status_code == 200
    return Page(answer.content.decode())


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_its_language_and_has_a_title(client: Any, path: str) -> None:
    page = read(client, path)

    assert ("html", {"lang": "en"}) in page.tags
    assert any(tag == "title" for tag, _ in page.tags)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_nothing_from_another_host(client: Any, path: str) -> None:
    html = client.get(path).content.decode()

    addresses = Page(html).addresses
    assert addresses
    assert not [each for each in addresses if not re.match(r"(/(?!/)|#)", each)]
    assert not re.search(r"url\(|@import|preconnect", html)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_script_in_it(client: Any, path: str) -> None:
    scripts = [values for tag, values in read(client, path).tags if tag == "script"]

    assert all(values.get("src") for values in scripts)
    if path in ("/api/", "/api-docs/"):
        assert not scripts


@pytest.mark.parametrize("path", PAGES)
def test_what_a_page_loads_and_points_to_is_there(client: Any, path: str) -> None:
    for address in read(client, path).addresses:
        if address.startswith("/static/"):
            assert finders.find(address.removeprefix("/static/")), address
        elif not address.startswith("#"):
            answer = client.get(address, follow=True)
            assert answer.status_code == 200, address


def test_the_front_page_points_to_everything(client: Any) -> None:
    assert set(POINTED_TO) <= set(read(client, "/api/").links)


def test_the_viewers_show_the_document_of_this_server(client: Any) -> None:
    assert "/api/schema/" in read(client, "/redoc/").addresses
    script = next(
        address
        for address in read(client, "/swagger/").addresses
        if "script=" in address
    )
    assert 'url: "/api/schema/"' in client.get(script).content.decode()


def test_redoc_may_not_load_the_logo_that_its_script_names(client: Any) -> None:
    policy = client.get("/redoc/").headers["Content-Security-Policy"]

    assert "default-src 'none';" in policy
    assert "img-src 'self' data:;" in policy
    assert "http" not in policy


def test_swagger_sends_the_document_to_nobody(client: Any) -> None:
    script = client.get("/swagger/?script=").content.decode()

    assert '"validatorUrl": null' in script


def test_swagger_opens_with_its_groups_closed(client: Any) -> None:
    script = client.get("/swagger/?script=").content.decode()

    assert '"docExpansion": "none"' in script


def test_swagger_keeps_the_token_for_the_tab_and_no_longer(client: Any) -> None:
    scripts = [
        values for tag, values in read(client, "/swagger/").tags if tag == "script"
    ]
    last = str(scripts[-1]["src"])
    path = finders.find(last.removeprefix("/static/"))

    assert last.endswith("/swagger.js")  # after what makes `ui`
    script = Path(str(path)).read_text("utf-8")
    code = "".join(line for line in script.splitlines() if not line.startswith("//"))
    kept = set(re.findall(r"sessionStorage\.[gs]etItem\(([^,)]+)", code))
    assert kept == {"KEPT"}  # what is read at a reload is what was written
    assert "restoreAuthorization({ authorized })" in code
    assert "sessionStorage.setItem" in code
    assert "localStorage" not in code
    assert (
        "persistAuthorization" not in client.get("/swagger/?script=").content.decode()
    )


def test_pages_change_nothing_and_take_no_other_method(client: Any) -> None:
    assert client.post("/").status_code == 405
    assert client.post("/api-docs/").status_code == 405


def codes_of_errors(kind: type[DomainError]) -> set[str]:
    own = {kind.code} if kind.__module__ != DomainError.__module__ else set()
    return own.union(*(codes_of_errors(each) for each in kind.__subclasses__()))


def test_every_code_of_the_domain_is_in_the_guide(client: Any) -> None:
    ids = read(client, "/api-docs/").ids

    of_input = codes_of_errors(Invalid)
    assert of_input
    assert {f"input-{code}" for code in of_input} <= set(ids)
    of_problems = codes_of_errors(DomainError) - of_input
    assert "already_in_care" in of_problems
    assert of_problems <= set(ids)


def test_every_type_of_problem_in_the_document_leads_into_the_guide(
    client: Any,
) -> None:
    ids = set(read(client, "/api-docs/").ids)

    types = {example["type"] for example in problem_examples()}
    assert "/api-docs/#too_many_requests" in types
    assert types <= {f"/api-docs/#{name}" for name in ids}


def test_every_fault_of_the_input_in_the_document_is_explained() -> None:
    faults = {
        fault["code"]
        for example in problem_examples()
        for fault in example.get("errors", [])
    }

    assert "unknown_field" in faults
    assert faults <= fault_codes().keys()
    assert all(fault_codes().values())


def problem_examples() -> list[Any]:
    return [
        example
        for item in WHOLE["paths"].values()
        for operation in item.values()
        for answer in operation["responses"].values()
        for kind, media in resolve(answer).get("content", {}).items()
        if kind == "application/problem+json"
        for example in examples_of(media)
    ]


def test_each_code_is_explained_and_no_explanation_is_left_over() -> None:
    codes = problem_codes()

    assert all(code.advice for code in codes)
    assert ADVICE.keys() <= {code.name for code in codes}


def test_no_kind_of_error_takes_the_advice_on_another() -> None:
    """But for faults of the input with the code, and the words, of a field's own."""
    for kind in kinds_of(DomainError):
        own = vars(kind)
        if "code" in own and kind.__module__ != DomainError.__module__:
            elsewhere = FAULTS if issubclass(kind, Invalid) else ADVICE
            assert ("advice" in own) != (kind.code in elsewhere), kind


def test_ids_of_the_guide_are_unique_and_its_own_links_lead_somewhere(
    client: Any,
) -> None:
    page = read(client, "/api-docs/")

    assert len(page.ids) == len(set(page.ids))
    inside = {link[1:] for link in page.links if link.startswith("#")}
    assert inside <= set(page.ids)


def test_the_guide_says_what_this_server_is_set_to(client: Any, settings: Any) -> None:
    settings.CARE_CONSENT_REQUIRED = False
    assert (
        "take effect at once on this server"
        in client.get("/api-docs/").content.decode()
    )

    settings.CARE_CONSENT_REQUIRED = True
    assert "wait on this server" in client.get("/api-docs/").content.decode()


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        ("application/json", "application/json"),
        ("application/json, text/plain, */*", "application/json"),
        ("application/yaml;q=0.5, application/json", "application/json"),
        ("application/yaml", "application/yaml"),
        ("application/json;q=0.5, application/yaml", "application/yaml"),
        ("application/json;q=0, */*", "application/yaml"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/yaml"),
        ("text/html", "application/yaml"),
        ("*/*", "application/yaml"),
        ("", "application/yaml"),
        ("/;q=,", "application/yaml"),
    ],
)
def test_the_document_comes_in_the_form_that_is_asked_for(
    client: Client, accept: str, answered: str
) -> None:
    answer = client.get("/api/schema/", headers={"accept": accept})

    assert answer.headers["Content-Type"] == answered
    assert "Accept" in answer.headers["Vary"]
    if answered == "application/json":
        assert json.loads(answer.content) == WHOLE
    else:
        assert yaml.load(answer.content, yaml.CSafeLoader) == WHOLE


def test_each_form_of_the_document_has_a_tag_of_its_own(client: Client) -> None:
    in_yaml = client.get("/api/schema/").headers["ETag"]

    in_json = client.get(
        "/api/schema/", headers={"accept": "application/json", "if-none-match": in_yaml}
    )

    assert in_json.status_code == 200
    assert in_json.headers["ETag"] != in_yaml


def test_a_document_that_one_has_is_not_sent_again(client: Client) -> None:
    first = client.get("/api/schema/")
    tag = first.headers["ETag"]

    again = client.get("/api/schema/", headers={"if-none-match": tag})
    other = client.get("/api/schema/", headers={"if-none-match": '"another"'})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == tag
    assert other.content == first.content


@pytest.mark.parametrize("path", [*PAGES, "/api-docs/nothing-here"])
def test_who_asks_for_german_is_told_that_these_pages_are_in_english(
    client: Any, path: str
) -> None:
    headers = {"accept": "text/html", "accept-language": "de"}

    answer = client.get(path, headers=headers)

    assert answer.headers["Content-Language"] == "en"
    assert '<html lang="en">' in answer.content.decode()
