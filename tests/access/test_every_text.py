"""No page shows a text that has not come through the catalogue."""

import pytest
from django.test import Client

from tests.access.browsers import browser_of
from tests.access.sending import fill
from tests.conftest import user_of
from tests.every_page import VISITS, Visit
from tests.languages.marked_language import MARKED, marked_language, unmarked_words

# What developers read is English, its invented examples too.
VISITS_OF_READERS = [visit for visit in VISITS if visit.path != "/styleguide/"]


@pytest.mark.parametrize("visit", VISITS_OF_READERS, ids=str)
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
