"""What a page has to be for everybody's eyes and fingers, asked of the browser."""

from collections.abc import Iterator
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

PHONE, SCREEN, NARROWEST = 390, 1280, 320
# What is looked at by day, and what has to be looked at in the dark, too.
SCHEMES: dict[Literal["light", "dark"], dict[str, Any]] = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"runOnly": ["color-contrast"], "resultTypes": ["violations"]},
}
VIOLATIONS = "async (rules) => (await axe.run(rules)).violations"
# What is pressed or typed in is at least so high, in pixels (WCAG 2.2, 2.5.5), and what
# is typed is at least so large, or a phone would zoom in.
TARGET, TYPED = 44, 16
SMALL = """([target, typed]) => {
  const field = "input:not([type=hidden]):not([type=checkbox]):not([type=radio])";
  const told = (e) => `${e.localName} ${e.name || e.textContent.trim().slice(0, 30)}`;
  const all = (what) => [...document.querySelectorAll(what)].filter(
    (e) => e.checkVisibility() && e.getBoundingClientRect().width > 1);
  return [
    ...all(`button, summary, select, textarea, nav a, .button, ${field}`)
      .filter((e) => e.getBoundingClientRect().height < target - 0.5)
      .map((e) => `${told(e)} is ${e.getBoundingClientRect().height} px high`),
    ...all(`select, textarea, ${field}`)
      .filter((e) => parseFloat(getComputedStyle(e).fontSize) < typed)
      .map((e) => `${told(e)} is written in ${getComputedStyle(e).fontSize}`),
  ];
}"""
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  const all = [...document.querySelectorAll("body *")].filter(
    (e) => !e.closest(".scroll > *"));
  const beyond = (e) => e.getBoundingClientRect().right > width + 0.5;
  const told = (found) => found.slice(-5).map((e) => e.outerHTML.slice(0, 120));
  // What is fixed makes no page wider, and is cut off.
  const cut = told(all.filter((e) => e.closest(".places") && beyond(e)));
  if (document.documentElement.scrollWidth <= width) return cut;
  return [`${document.documentElement.scrollWidth} px wide`, ...cut,
    ...told(all.filter(beyond))];
}"""
# Some words on less than this many letters' width are hard to read.
ROOM, SOME_WORDS = 4, 25
SQUEEZED = """([room, some]) => {
  const own = (e) => [...e.childNodes].filter((child) => child.nodeType === 3)
    .map((child) => child.data.trim()).join(" ");
  return [...document.querySelectorAll("body *")].filter((e) => {
    const width = e.getBoundingClientRect().width;
    return own(e).length > some && e.checkVisibility() && width > 1
      && width < room * parseFloat(getComputedStyle(e).fontSize);
  }).map((e) => e.outerHTML.slice(0, 120));
}"""
NORMAL_TEXT, LARGE_TEXT = 16, 32  # pixels, as somebody sets it in the browser


def faults_seen(page: Page) -> list[str]:
    """What is wrong with how a page looks: on a phone and a screen, light and dark."""
    return [*faults_of_sizes(page), *faults_of_rules(page)]


def faults_of_rules(page: Page) -> Iterator[str]:
    """What axe-core finds, on a phone and a screen, light and dark."""
    for width in (PHONE, SCREEN):
        resize(page, width)
        for scheme, rules in SCHEMES.items():
            # Nothing is seen on its way from one colour to the other.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            yield from (f"{width} {scheme}: {each}" for each in violations(page, rules))


def violations(page: Page, rules: dict[str, Any]) -> list[str]:
    """What axe-core finds on a page as it is: https://dequeuniversity.com/rules/axe/

    It is loaded once for all runs on a page, and all that is right stays in the
    browser: both take longer than to look.
    """
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    return [described(fault) for fault in page.evaluate(VIOLATIONS, rules)]


def described(fault: dict[str, Any]) -> str:
    nodes = [f"{n['html'][:160]} {n['failureSummary']}" for n in fault["nodes"][:3]]
    return f"{fault['id']}: {fault['help']}: {' | '.join(nodes)}"


def faults_of_sizes(page: Page) -> Iterator[str]:
    resize(page, NARROWEST)
    for size in (LARGE_TEXT, NORMAL_TEXT):
        set_text(page, size)
        wide: list[str] = page.evaluate(TOO_WIDE)
        yield from (f"At {NARROWEST} px, text of {size} px: {each}" for each in wide)
        squeezed: list[str] = page.evaluate(SQUEEZED, [ROOM, SOME_WORDS])
        yield from (f"Hardly any room at {size} px: {each}" for each in squeezed)
    resize(page, PHONE)
    small: list[str] = page.evaluate(SMALL, [TARGET, TYPED])
    yield from (f"At {PHONE} px: {each}" for each in small)


def set_text(page: Page, size: int) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": size}})
    session.detach()


def resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
