"""No page shows a text that has not come through the catalogue."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from django.test import Client

from phr.accounts.models import User
from phr.care.models import PatientProfile
from tests.access.browsers import browser_of
from tests.access.sending import fill
from tests.archive.exporting import export_to
from tests.cases import for_each, undone
from tests.conftest import user_of
from tests.every_page import VISITS, Visit
from tests.languages.marked_language import MARKED, marked_language, unmarked_words

# What developers read is English, its invented examples too.
VISITS_OF_READERS = [visit for visit in VISITS if visit.path != "/styleguide/"]


@for_each("visit", VISITS_OF_READERS, undone)
def test_every_text_of_every_page_is_translated(
    scene: dict[str, str], request: pytest.FixtureRequest, visit: Visit
) -> None:
    client = Client()
    if visit.who != "nobody":
        client = browser_of(user_of(request.getfixturevalue(visit.who)))

    with marked_language():
        headers = {"accept": "text/html"} | MARKED
        response = client.get(fill(visit.path, scene), headers=headers)

    assert unmarked_words(response.content.decode()) == []


def test_every_text_of_the_pages_of_an_export_is_translated(
    scene: dict[str, str], alice: PatientProfile, tmp_path: Path
) -> None:
    User.objects.filter(pk=alice.user_id).update(language="de")
    user = User.objects.get(pk=alice.user_id)

    with marked_language():
        archive = ZipFile(export_to(tmp_path / "archive.zip", user))

    pages = [name for name in archive.namelist() if name.endswith(".html")]
    words = {name: unmarked_words(archive.read(name).decode()) for name in pages}
    assert len(pages) == 6
    assert words == {name: [] for name in pages}
