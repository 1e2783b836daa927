"""The portal's own scripts: what none of them does."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

FOLDER = Path(str(finders.find("portal/portal.js"))).parent
SCRIPTS = sorted(path.name for path in FOLDER.glob("*.js"))
# What makes code or markup of a text, or lets it out.
RISKY = (
    *("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("),
    *("new Function", "document.cookie", 'setTimeout("', "postMessage", "http://"),
)


def text_of(script: str) -> str:
    return (FOLDER / script).read_text(encoding="utf-8")


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_script_makes_html_of_text(script):
    assert [word for word in RISKY if word in text_of(script)] == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_each_script_is_strict(script):
    assert '"use strict";' in text_of(script)


def test_only_drafts_are_kept_in_the_browser_and_no_password_is_one():
    keeping = [name for name in SCRIPTS if "sessionStorage" in text_of(name)]

    assert keeping == ["drafts.js"]
    assert '"password"' in text_of("drafts.js")
