"""`make screenshots`: every page of the portal with the demo's people, as pictures.

Each person starts at the first page and follows every link; of pages that differ by an
id or a query alone, one is taken. Six of them go to `docs/pictures/` for README.md.
With `--locale de` they are in German, beside the others, and none goes there.
"""

import argparse
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Error, Page, sync_playwright

from dev import places, stopping
from dev.application import application, await_web, environment_for
from dev.chromium import MISSING, find_chromium, launch
from dev.console import CannotGoOn, say, speak_plainly, step
from dev.processes import Guard
from dev.run import prepare
from dev.valkey import HOST, free_port

FOLDER = places.CHECKOUT / "build" / "screenshots"
ENGLISH = "en-US"
VISITOR = "visitor"
READERS = (VISITOR, "maria", "dr_hassan", "dr_osei", "nora")
WIDTHS, HEIGHT = (390, 1280), 844
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
PICTURES = places.CHECKOUT / "docs" / "pictures"
# Whose page, and how wide and in which scheme, README.md shows.
IN_README: dict[tuple[str, str], tuple[int, Scheme]] = {
    ("maria", "records"): (1280, "light"),
    ("maria", "access"): (1280, "light"),
    ("maria", "access-log"): (1280, "light"),
    ("dr_hassan", "patients-one"): (1280, "dark"),
    ("maria", "home"): (390, "light"),
    ("maria", "records-one"): (390, "dark"),
}
ELSEWHERE = re.compile(r"/(admin|api|api-docs|swagger|redoc|health|static)\b")
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LINKS = "() => [...document.links].map((link) => link.href)"


@dataclass(frozen=True)
class Site:
    """A running portal and a browser for it.

    :ivar locale: of the browser, as in BCP 47.
    """

    url: str
    browser: Browser
    locale: str

    @property
    def folder(self) -> Path:
        return FOLDER if self.locale == ENGLISH else FOLDER / self.locale


def main() -> int:
    speak_plainly()
    stopping.listen()
    parser = argparse.ArgumentParser(prog="make screenshots")
    parser.add_argument("--locale", default=ENGLISH, help="of the browser")
    try:
        take_all(parser.parse_args().locale)
    except stopping.StopAsked:
        say("Stopped.")
    except CannotGoOn as trouble:
        say(f"make screenshots: {trouble}")
        return 1
    return 0


def take_all(locale: str) -> None:
    """Start everything as `make run` does, on temporary servers, and go round.

    :raises CannotGoOn: there is no browser, or the application does not start.
    """
    places.own_folder(places.DATA)
    port = free_port()
    env = environment_for(dict(os.environ), port)
    with Guard() as guard, sync_playwright() as playwright:
        program = find_chromium(playwright)
        if program is None:
            raise CannotGoOn(MISSING)
        with step("Migrating the database and loading the demo data"):
            prepare(env, guard)
        with application(port, env, guard) as processes:
            await_web(port, processes)
            site = Site(f"http://{HOST}:{port}", launch(playwright, program), locale)
            for who in READERS:
                with step(f"Pages of {who}"):
                    taken = take_pages_of(site, who)
                say(f"  {taken} pages")
    say(f"They are in {site.folder.relative_to(places.CHECKOUT)}/.")


def take_pages_of(site: Site, who: str) -> int:
    """Go round as one person.

    :returns: how many pages there are.
    """
    folder = site.folder / who
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    context = site.browser.new_context(
        base_url=site.url, locale=site.locale, reduced_motion="reduce"
    )
    page = context.new_page()
    if who != VISITOR:
        sign_in(page, who)
    taken = 0
    for name in pages_from(page, "/"):
        take(page, folder / name)
        taken += 1
        chosen = IN_README.get((who, name))
        if chosen and site.locale == ENGLISH:
            take_for_readme(page, f"portal-{name}.png", *chosen)
    context.close()
    return taken


def sign_in(page: Page, who: str) -> None:
    page.goto("/sign-in/")
    page.fill("main [name=username]", who)
    page.fill("main [name=password]", passwords()[who])
    page.press("main [name=password]", "Enter")
    page.locator("header form button").wait_for()  # it signs out again


def passwords() -> dict[str, str]:
    """Those of the demo's people."""
    read = tomllib.loads((places.CHECKOUT / "demo" / "people.toml").read_text())
    groups = (group if isinstance(group, list) else [group] for group in read.values())
    return {one["username"]: one["password"] for group in groups for one in group}


def pages_from(page: Page, first: str) -> Iterator[str]:
    """Open page after page, by the links on those before; yields a name for each."""
    waiting, known = [first], {name_of(first)}
    while waiting:
        path = waiting.pop(0)
        if not opens(page, path):
            continue
        yield name_of(path)
        for link in page.evaluate(LINKS):
            path = path_within(page, link)
            if path and name_of(path) not in known:
                known.add(name_of(path))
                waiting.append(path)


def opens(page: Page, path: str) -> bool:
    """Whether there is a page; a download is none."""
    try:
        answer = page.goto(path)
    except Error:
        return False
    return answer is not None and answer.ok


def path_within(page: Page, link: str) -> str:
    """The address of a link to a page of the portal, or nothing."""
    here, there = urlsplit(page.url), urlsplit(link)
    if here.netloc != there.netloc or ELSEWHERE.match(there.path):
        return ""
    return f"{there.path}?{there.query}" if there.query else there.path


def name_of(path: str) -> str:
    """What a page is called, whatever ids and values stand in its address."""
    parts = urlsplit(path)
    words = ID.sub("one", parts.path.strip("/")).replace("/", "-") or "home"
    return "-".join([words, *sorted(parse_qs(parts.query))])


def take(page: Page, path: Path) -> None:
    """Take a whole page, as if the screen were as high: a bar stays at its end."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            height = max(HEIGHT, page.evaluate("document.body.scrollHeight"))
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=path.with_name(f"{path.name}-{width}-{scheme}.png"))


def take_for_readme(page: Page, name: str, width: int, scheme: Scheme) -> None:
    """Take what is on the screen first."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.screenshot(path=PICTURES / name)


if __name__ == "__main__":
    sys.exit(main())
