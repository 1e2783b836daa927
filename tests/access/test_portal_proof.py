"""Which forms of the portal want a password again, as the table says."""

from tests.access.browsers import SIX_MINUTES, browser_of
from tests.access.portal_rows import PORTAL
from tests.access.sending import send
from tests.cases import for_each, undone
from tests.conftest import user_of
from tests.rows import nothing_written

FORMS = [row for row in PORTAL if row.form]
DONE = 302
CELLS = [
    (row, who)
    for row in FORMS
    for who, status in row.statuses.items()
    if status == DONE and who != "nobody"
]


@for_each("row, who", CELLS, undone)
def test_what_lasts_asks_again_who_one_is(scene, request, row, who):
    late = browser_of(user_of(request.getfixturevalue(who)), proof=SIX_MINUTES)

    if not row.proof:
        assert send(late, row, scene).status_code == DONE
        return
    with nothing_written():
        response = send(late, row, scene)

    assert response.status_code == 200
    page = response.content.decode()
    assert 'name="again-password"' in page
    for name in row.body:
        assert f'name="{name}"' in page  # what was typed goes along
