"""Who edits the demo's files is told what is wrong where, and nothing is loaded."""

import re
import shutil
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from demo import files
from demo.entries import DemoFault, Story
from demo.files import read
from phr.accounts.models import User
from phr.care.choices import GrantOrigin
from phr.care.models import CareGrant

VISIT = """
[[visit]]
when = 2024-05-06 09:30:00
record_type = "CHECKUP"
title = "Once a year"
"""
COMMENT = """
[[visit.comment]]
doctor = "dr_weber"
hours_later = 2
text = "Fine."
"""


@pytest.fixture(autouse=True)
def _debug(settings):
    settings.DEBUG = True


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("visit = ", "Invalid value"),
        (VISIT + VISIT.replace("CHECKUP", "CHEKUP"), "visit 2, record_type: "),
        (VISIT + "titel = 'x'", "visit 1, titel: "),
        (VISIT.replace("title", "# title"), "visit 1, title: Field required"),
        (VISIT + COMMENT.replace("2\n", "'a few'\n"), "visit 1, comment 1, hours_"),
    ],
)
def test_what_cannot_be_read_is_named_by_file_and_entry(
    tmp_path: Path, text: str, fault: str
) -> None:
    path = tmp_path / "maria.toml"
    path.write_text(text)

    with pytest.raises(DemoFault, match=r"maria\.toml") as raised:
        read(path, Story)

    assert fault in str(raised.value)


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        (COMMENT, "2024-05-06 17:26, dr_weber: Not found"),  # Maria had not let him in
        (
            COMMENT.replace("dr_weber", "dr_who"),
            "2024-05-06 17:24, dr_who: There is no such account",
        ),
    ],
)
@pytest.mark.django_db
def test_what_cannot_have_happened_is_named_and_nothing_is_loaded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, more: str, fault: str
) -> None:
    edited = shutil.copytree(files.FOLDER, tmp_path / "demo")
    monkeypatch.setattr(files, "FOLDER", edited)
    with (edited / "stories" / "maria.toml").open("a") as story:
        story.write(VISIT + more)

    with pytest.raises(CommandError, match=re.escape(fault)):
        call_command("load_demo", stdout=StringIO())

    assert not User.objects.exists()


@pytest.mark.django_db
def test_it_loads_whatever_the_installation_lets_people_do(settings):
    settings.CARE_CONSENT_REQUIRED, settings.EMERGENCY_ACCESS = True, False
    settings.ACCOUNT_ENTRIES, settings.EMERGENCY_ACCESS_MINUTES = 1, 5

    call_command("load_demo", stdout=StringIO())

    assert settings.CARE_CONSENT_REQUIRED
    lasted = {
        each.expires_at - each.starts_at
        for each in CareGrant.objects.filter(origin=GrantOrigin.EMERGENCY)
        if each.expires_at
    }
    assert lasted == {timedelta(hours=1)}
