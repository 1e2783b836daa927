"""The page of one record: what is written, who can see it, and what changed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from phr.care.choices import RecordType
from phr.health_records import comments, services
from phr.health_records.models import TEXTS
from phr.portal.records.differences import Comparison, Piece
from tests.care.conftest import grant_between
from tests.factories import CareGrantFactory, DoctorCommentFactory, HealthRecordFactory
from tests.nasty_texts import NASTY
from tests.portal.reading import plain, text_of

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
HEADINGS = ["What happened", "Symptoms", "Diagnosis", "Treatment", "Medicines"]


def change(alice: Any, record: Any, **values: Any) -> None:
    services.change_record(
        actor=alice.user, record_id=record.pk, now=NOW, values=values
    )


def test_texts_stand_under_plain_headings_and_empty_ones_are_left_out(browser, alice):
    record = HealthRecordFactory(
        patient=alice, description="", diagnosis="Sprain", medications="None"
    )

    page = text_of(browser("alice").get(f"/records/{record.pk}/"))

    shown = [heading for heading in HEADINGS if f"<h2>{heading}</h2>" in page]
    assert shown == ["Diagnosis", "Medicines"]


def test_a_record_without_texts_says_so(browser, alice):
    record = HealthRecordFactory(patient=alice, description="")

    page = text_of(browser("alice").get(f"/records/{record.pk}/"))

    assert "Nothing more is written here." in page


def test_alice_reads_who_can_see_her_record_and_why(
    browser, alice, alices_record, dr_bob, dr_eve, dr_fay, dr_jo, dr_hal
):
    page = text_of(browser("alice").get(f"/records/{alices_record.pk}/"))

    assert f"<strong>{dr_bob}</strong>" in page
    assert "Their access is to everything." in page
    assert f"<strong>{dr_fay}</strong>" in page
    assert "Their access is to other kinds of record." in page
    assert f"<strong>{dr_jo}</strong>" in page
    assert "By emergency access, until" in page
    assert page.count("Does not see it") == 1
    for has_no_access in (dr_eve, dr_hal):
        assert f"<strong>{has_no_access}</strong>" not in page


def test_a_doctor_with_two_kinds_of_access_is_named_once(browser, alice, dr_jo):
    record = HealthRecordFactory(patient=alice, record_type=RecordType.CHECKUP)
    CareGrantFactory(
        patient=alice, doctor=dr_jo, record_types=[RecordType.PRESCRIPTION]
    )

    page = text_of(browser("alice").get(f"/records/{record.pk}/"))

    assert page.count(f"<strong>{dr_jo}</strong>") == 1
    assert "Does not see it" not in page


def test_an_earlier_visit_is_not_seen_under_a_later_first_day(browser, alice, dr_bob):
    record = HealthRecordFactory(patient=alice)
    grant = grant_between(alice, dr_bob)
    grant.records_since = datetime.now(UTC).date()
    grant.save()

    page = text_of(browser("alice").get(f"/records/{record.pk}/"))

    assert "Their access is to visits of later days than this one." in page


def test_a_doctor_is_not_told_who_else_sees_it_and_gets_no_buttons(
    browser, alices_record, dr_bob, dr_jo
):
    page = text_of(browser("dr_bob").get(f"/records/{alices_record.pk}/"))

    assert alices_record.title in page
    assert "Who can see this" not in page
    assert str(dr_jo) not in page
    assert f"/records/{alices_record.pk}/edit/" not in page
    assert f"/records/{alices_record.pk}/delete/" not in page


def test_a_doctor_between_two_patients_reads_whose_record_it_is(
    browser, alice, alices_record, bobs_grant
):
    alice.allergies = "Penicillin"
    alice.save()

    page = plain(browser("dr_bob").get(f"/records/{alices_record.pk}/"))

    assert "Alice Moreau" in page
    assert "Allergies: Penicillin" in page


def test_what_changed_is_told_with_the_words_marked(browser, alice, alices_record):
    change(alice, alices_record, title="Knee pain after a long fall")

    page = text_of(browser("alice").get(f"/records/{alices_record.pk}/changes/"))

    assert "You changed this record." in page
    assert ">[added: </span>long <span" in page
    assert "Knee pain after a <ins>" in page


def test_a_doctor_reads_who_changed_it(browser, alice, alices_record, dr_bob):
    change(alice, alices_record, record_type=RecordType.DIAGNOSIS)

    page = text_of(browser("dr_bob").get(f"/records/{alices_record.pk}/changes/"))

    assert "Alice Moreau changed this record." in page
    assert "</span>Check-up<span" in page
    assert "</span>Diagnosis<span" in page


def test_comments_that_were_changed_and_deleted_are_told(
    browser, alice, alices_record, dr_bob
):
    comment = DoctorCommentFactory(
        health_record=alices_record, doctor=dr_bob, comment="Come back."
    )
    changed = {"comment": "Come back soon."}
    comments.change_comment(actor=dr_bob.user, comment_id=comment.pk, values=changed)
    comments.delete_comment(actor=dr_bob.user, comment_id=comment.pk)

    page = text_of(browser("alice").get(f"/records/{alices_record.pk}/changes/"))

    assert "Dr. Bob Stone changed a comment." in page
    assert "Dr. Bob Stone deleted a comment." in page


def test_deleting_and_bringing_back_are_told(browser, alices_record):
    alices = browser("alice")
    alices.post(f"/records/{alices_record.pk}/delete/")
    alices.post(f"/records/{alices_record.pk}/restore/")

    page = text_of(alices.get(f"/records/{alices_record.pk}/changes/"))

    assert page.index("You brought this record back.") < page.index("You deleted this")


def test_a_record_that_has_not_changed_says_so(browser, alices_record):
    page = text_of(browser("alice").get(f"/records/{alices_record.pk}/changes/"))

    assert "Nothing has changed here" in page


def test_older_changes_are_on_the_next_page(browser, alice, alices_record):
    for number in range(12):
        change(alice, alices_record, title=f"Knee pain {number}")
    alices = browser("alice")
    address = f"/records/{alices_record.pk}/changes/"

    first = alices.get(address)
    second = alices.get(f"{address}{first.context['changes'].older}")

    assert len(first.context["entries"]) == 10
    assert len(second.context["entries"]) == 2


@pytest.mark.parametrize("who", ["carol", "dr_eve", "dr_fay"])
def test_who_may_not_see_a_record_does_not_see_what_changed(
    browser, request, alices_record, who
):
    request.getfixturevalue(who)

    response = browser(who).get(f"/records/{alices_record.pk}/changes/")

    assert response.status_code == 404


MARK = "<b title='x' onclick=\"y\">&amp;{{ 7|add:1 }}{% now %}</b>"


def test_what_people_write_is_shown_as_text_on_every_page(
    browser, alice, dr_bob, alices_record
):
    """Marks of HTML and of templates in each field, on each page that has it."""
    texts = {name: f"{MARK} in {name}" for name in ("title", *TEXTS)}
    alices = browser("alice")
    form = {"record_type": "CHECKUP", "visit_day": "2026-01-05"} | texts
    record_url = alices.post("/records/new/", form).headers["Location"]
    record_id = record_url.split("/")[2]
    alices.post(f"{record_url}edit/", form | {"title": f"{MARK} twice", "version": 1})
    comments.add_comment(actor=dr_bob.user, record_id=record_id, comment=MARK)

    for address in ("/", "/records/", record_url, f"{record_url}changes/"):
        assert_escaped(text_of(alices.get(address)))
    assert_escaped(text_of(alices.get(f"{record_url}edit/")))
    stale = alices.post(f"{record_url}edit/", form | {"version": 1})
    assert stale.status_code == 409
    assert_escaped(text_of(stale))
    alices.post(f"{record_url}delete/")
    assert_escaped(text_of(alices.get("/records/deleted/")))


def assert_escaped(page: str) -> None:
    assert "<b title" not in page
    assert "onclick=&quot;y&quot;" in page
    assert "{{ 7|add:1 }}" in page


@pytest.mark.parametrize("name", NASTY)
def test_odd_texts_are_kept_as_they_are_typed_and_shown(browser, alice, name):
    text = NASTY[name](2_000)
    alices = browser("alice")
    form = {"record_type": "CHECKUP", "title": "Odd", "visit_day": "2026-01-05"}
    url = alices.post("/records/new/", form | {"symptoms": text}).headers["Location"]

    shown = alices.get(url).context["record"].symptoms
    assert shown == text.replace("\r\n", "\n")
    other = NASTY[name](1_999)[::-1]
    alices.post(f"{url}edit/", form | {"symptoms": other, "version": 1})
    assert alices.get(f"{url}changes/").status_code == 200
    assert alices.get("/records/").status_code == 200


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        ("one two", "one two three", "one two +three+"),
        ("one two three", "one three", "one -two -three"),
        ("one.", "one.\ntwo", "one.\n+two+"),
        ("a b", "a  b", "-a b-+a  b+"),
        ("", "new", "+new+"),
        ("old", "", "-old-"),
        ("old old", "new old", "-old -+new +old"),
    ],
)
def test_differences_are_marked_by_words(before, after, marked):
    signs = {"same": "", "added": "+", "removed": "-"}

    pieces = Comparison().pieces(before, after)

    assert "".join(signs[one.kind].join(("", one.text, "")) for one in pieces) == marked


def test_nothing_of_a_new_text_is_lost_between_the_marks():
    before, after = "one two three four five", "zero two\n\nfive  six "

    pieces = Comparison().pieces(before, after)

    assert "".join(one.text for one in pieces if one.kind != "removed") == after


def test_what_stays_of_a_long_text_is_shortened_around_a_change():
    long = "word " * 500

    pieces = Comparison().pieces(f"{long}old", f"{long}new")

    assert [piece.kind for piece in pieces] == ["same", "removed", "added"]
    assert len(pieces[0].text) < 100


def test_comparing_ends_when_it_has_cost_enough():
    comparison = Comparison(budget=10)

    pieces = comparison.pieces("a b c d e f", "f e d c b a")

    assert pieces == [Piece("removed", "a b c d e f"), Piece("added", "f e d c b a")]
