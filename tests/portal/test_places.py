"""Which place of the header a page belongs to: one, wherever somebody is."""

import re

import pytest

from tests.access.browsers import browser_of
from tests.conftest import user_of

CURRENT = re.compile(r'<li><a href="([^"]+)" aria-current')


@pytest.mark.parametrize(
    ("who", "path", "place"),
    [
        ("dr_bob", "/patients/", "/patients/"),
        ("dr_bob", "/patients/{patient}/", "/patients/"),
        ("dr_bob", "/records/{record}/", "/patients/"),
        ("dr_bob", "/emergency/", "/patients/"),
        ("dr_bob", "/requests/", "/requests/"),
        ("alice", "/", "/"),
        ("alice", "/emergency-card/", "/"),
        ("alice", "/records/{record}/", "/records/"),
        ("alice", "/access/log/", "/access/"),
        ("sam", "/staff/assign/", "/staff/"),
        ("sam", "/admin/care/caregrant/", "/admin/"),
    ],
)
def test_a_page_is_of_one_place(request, dr_bob, alices_record, who, path, place):
    names = {"patient": alices_record.patient_id, "record": alices_record.pk}
    client = browser_of(user_of(request.getfixturevalue(who)))

    page = client.get(path.format(**names)).content.decode()

    assert CURRENT.findall(page) == [place]


def test_the_page_of_a_place_is_told_from_the_pages_inside(alice, alices_record):
    """Also after another page of the same place: what is the same is remembered."""
    client = browser_of(alice.user)
    paths = ["/records/", f"/records/{alices_record.pk}/", "/records/"]

    pages = [client.get(path).content.decode() for path in paths]

    assert [
        re.findall('<li><a href="/records/" aria-current="(.*?)"', page)
        for page in pages
    ] == [["page"], ["true"], ["page"]]
