"""What the documents say, against what the code says."""

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from config.environment import (
    DevelopmentEnvironment,
    Environment,
    read_environment,
)
from dev import data_model, tour
from dev.application import CELERY_WORKERS, web_command
from phr.core.queues import Queue
from tests.cases import for_each

EnvironmentOf = Callable[[Mapping[str, str], type[Environment]], Environment]

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    page
    for where in ("*.md", "server/*.md", "docs/**/*.md")
    for page in ROOT.glob(where)
)
DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
SETTINGS = {name.upper() for name in Environment.model_fields}

ROW = re.compile(r"^\| `([A-Z_]+)` \|.*\| `([^`|]+)` \|$", re.MULTILINE)
EXAMPLE = re.compile(r"^# ([A-Z_]+)=(.+)$", re.MULTILINE)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
SUFFIXES = (".py", ".md", ".yaml")
PLACE = re.compile(r"`((?:[\w*.-]+/)+[\w*.-]*|[\w-]+\.(?:py|md|yaml))`")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)


def read(*names: str) -> str:
    return ROOT.joinpath(*names).read_text(encoding="utf-8")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture
def environment_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> EnvironmentOf:
    """Read settings from these values and from nothing else, as from a file `.env`."""

    def read_from(values: Mapping[str, str], kind: type[Environment]) -> Environment:
        for name in SETTINGS:
            monkeypatch.delenv(name, raising=False)
        file = tmp_path / ".env"
        file.write_text("".join(f"{name}={values[name]}\n" for name in values))
        return read_environment(kind, _env_file=file)

    return read_from


def test_the_table_of_settings_names_each_setting_once() -> None:
    assert sorted(
        name for name, _ in ROW.findall(read("docs", "settings.md"))
    ) == sorted(SETTINGS)


def test_the_examples_in_the_table_of_settings_are_accepted(
    environment_of: EnvironmentOf,
) -> None:
    values = dict(ROW.findall(read("docs", "settings.md")))

    settings = environment_of(values, Environment)

    assert settings.model_fields_set == set(Environment.model_fields)


def test_the_example_file_names_each_setting_once_and_sets_none() -> None:
    lines = read(".env.example").splitlines()

    named = sorted(name for name, _ in EXAMPLE.findall(read(".env.example")))
    assert named == sorted(SETTINGS)
    assert [line for line in lines if line and not line.startswith("#")] == []


def test_the_example_file_is_accepted_with_all_its_lines(
    environment_of: EnvironmentOf,
) -> None:
    values = dict(EXAMPLE.findall(read(".env.example")))

    settings = environment_of(values, DevelopmentEnvironment)

    assert settings.model_fields_set == set(Environment.model_fields)


def anchors(page: Path) -> set[str]:
    """The names by which the headings of a page can be linked, as GitHub makes them."""
    headings = HEADING.findall(page.read_text(encoding="utf-8"))
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def broken_links(page: Path) -> Iterator[str]:
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue  # elsewhere, and not ours to keep
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield link


def test_no_page_holds_what_a_merge_could_not_decide() -> None:
    mark = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)

    assert [name_of(page) for page in PAGES if mark.search(page.read_text())] == []


@for_each("page", PAGES)
def test_every_link_between_the_documents_leads_somewhere(page: Path) -> None:
    assert list(broken_links(page)) == []


def test_a_link_to_a_page_or_heading_that_is_not_there_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One\n[a](page.md#one) [b](page.md#two) [c](none.md)\n")

    assert list(broken_links(page)) == ["page.md#two", "none.md"]


def places_named(page: str) -> Iterator[str]:
    """Files that a page's code names; one without a folder is in that of the last."""
    folder = ""
    for name in PLACE.findall(read(*page.split("/"))):
        place = name if "/" in name else f"{folder}/{name}"
        folder = (
            place.rpartition("/")[0] if place.endswith(SUFFIXES) else place.rstrip("/")
        )
        yield place.rstrip("/")


@pytest.mark.parametrize(
    "page",
    [
        *("ARCHITECTURE.md", "docs/glossary.md", "docs/security/threat-model.md"),
        "docs/development/README.md",
    ],
)
def test_the_files_that_a_page_names_are_there(page: str) -> None:
    named = list(places_named(page))

    assert named
    assert [name for name in named if not any(ROOT.glob(name))] == []


@for_each("decision", DECISIONS)
def test_the_files_that_a_decision_names_are_where_they_are_now(decision: Path) -> None:
    named = places_named(f"docs/adr/{decision.name}")
    in_folders = [name for name in named if not name.startswith("/")]

    assert [name for name in in_folders if not any(ROOT.glob(name))] == []


def test_the_data_model_is_the_one_of_the_models() -> None:
    assert read("docs", "data-model.md") == data_model.render()


def test_the_data_model_shows_keys_and_how_many_belong_to_how_many() -> None:
    document = data_model.render()

    assert "accounts_user ||--o| care_patientprofile" in document
    assert "accounts_user |o--o{ care_doctorprofile" in document
    assert "care_patientprofile ||--o{ care_caregrant" in document
    assert "uuid user_id FK, UK" in document
    assert "care_one_open_grant_per_pair" in document


@for_each("decision", DECISIONS)
def test_the_index_names_every_decision_by_its_title(decision: Path) -> None:
    title = HEADING.findall(decision.read_text(encoding="utf-8"))[0]
    number, sentence = title.split(". ", 1)

    assert decision.name.startswith(f"{number}-")
    line = f"- [{number}]({decision.name}) {sentence}"
    assert line in read("docs", "adr", "README.md").splitlines()


def test_the_index_names_no_decision_that_is_not_there() -> None:
    linked = LINK.findall(read("docs", "adr", "README.md"))

    assert sorted(linked) == [decision.name for decision in DECISIONS]


def test_the_tour_asks_for_an_answer_at_nearly_every_stop() -> None:
    stops = tour.read_tour(read("docs", "tour.md"))

    asked = [stop for stop in stops if stop.expected]
    assert len(asked) >= 8
    assert "COMMENT_ADDED" in "\n".join(line for s in stops for line in s.commands)
    assert len(tour.read_tour(read("docs", "api-in-five-minutes.md"))) >= 3


@pytest.mark.parametrize(
    ("page", "words"),
    [("README.md", 900), ("SECURITY.md", 700), ("ARCHITECTURE.md", 1_500)],
)
def test_what_a_newcomer_reads_first_stays_short(page: str, words: int) -> None:
    assert len(read(page).split()) <= words


def test_the_processes_on_railway_are_those_of_the_procfile() -> None:
    processes = dict(line.split(": ", 1) for line in read("Procfile").splitlines())
    release = json.loads(read("railway.json"))["deploy"]["preDeployCommand"]
    started = {
        name: json.loads(read("deploy", f"railway-{name}.json"))["deploy"]
        for name in ("worker", "mail", "long", "beat")
    }

    assert release == ["python manage.py migrate --no-input"]
    # Its proxy comes from another machine, by either kind of address.
    everywhere = processes.pop("web").replace("${HOST:-127.0.0.1}", "${HOST:-::}")
    assert json.loads(read("railway.json"))["deploy"]["startCommand"] == everywhere
    assert {name: how["startCommand"] for name, how in started.items()} == processes


def test_each_queue_has_one_worker_in_production_and_on_a_developers_machine() -> None:
    commands = re.findall(
        "^(\\w+): celery .* --queues ([\\w,]+)", read("Procfile"), re.MULTILINE
    )
    theirs = {name: queues for name, (queues, _) in CELERY_WORKERS.items()}

    assert dict(commands) == theirs
    listened = [name for queues in theirs.values() for name in queues.split(",")]
    assert sorted(listened) == sorted(Queue.values)


def test_production_serves_as_make_run_does() -> None:
    ours = shlex.split(re.findall("^web: (.*)$", read("Procfile"), re.MULTILINE)[0])
    dev = web_command(8000)

    for option in ("--interface", "--backlog", "--backpressure"):
        assert ours[ours.index(option) + 1] == dev[dev.index(option) + 1], option
    assert ("--no-ws" in ours, ours[-1]) == ("--no-ws" in dev, dev[-1])


def test_the_changelog_begins_with_what_is_unreleased() -> None:
    assert HEADING.findall(read("CHANGELOG.md"))[:3] == [
        "Changelog",
        "Unreleased",
        "Added",
    ]


def test_the_site_of_the_documents_has_five_ways_in_and_pages_that_are_there() -> None:
    site = read("mkdocs.yml").split("\nnav:\n")[1]
    named = re.findall(r"([\w/-]+\.md)$", site, re.MULTILINE)

    assert [page for page in named if not (ROOT / "docs" / page).exists()] == []
    for way in ("patients", "doctors", "staff", "operators", "developers"):
        assert f"for/{way}.md" in named
        assert f"](for/{way}.md)" in read("docs", "index.md")
