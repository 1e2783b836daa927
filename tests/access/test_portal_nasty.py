"""Odd values in each field of each form of the portal: an answer, never a defect."""

from urllib.parse import urlencode

import pytest

from tests.access.browsers import browser_of
from tests.access.portal_rows import PORTAL
from tests.access.sending import fill
from tests.conftest import user_of

ODD = {
    "nothing": "",
    "blank": " \t\u2003",
    "NUL": "a\x00b",
    "half a pair": "\ud800",
    "no UTF-8": "\udcff",
    "other way round": "\u202etxt",
    "many": "9" * 400,
    "below": "-1",
    "no number": "NaN",
    "no day": "2026-02-31",
    "long ago": "0001-01-01",
    "long": "ä" * 60_000,
    "JSON": '{"response": {"clientDataJSON": null}, "id": []}',
    "deep": "[" * 20_000,
}
FORMS = [row for row in PORTAL if row.form and row.body]


def someone(row):
    """Who gets furthest with a form."""
    return min(
        row.statuses, key=lambda who: (who == "nobody", row.statuses[who] != 302)
    )


@pytest.mark.parametrize("row", FORMS, ids=lambda row: row.name)
def test_an_odd_value_in_any_field_is_answered(scene, request, row):
    names = scene | {name: fill(text, scene) for name, text in row.given.items()}
    url, body = fill(row.path, names), fill(row.body, names)
    user = user_of(request.getfixturevalue(someone(row)))

    for field in body:
        for odd in ODD.values():
            sent = urlencode(body | {field: odd}, doseq=True, errors="surrogatepass")
            response = browser_of(user).post(
                url, sent, content_type="application/x-www-form-urlencoded"
            )
            assert response.status_code < 500, (field, odd[:20])
