"""Records are found by the words in them, whatever somebody types."""

from uuid import UUID

import pytest

from phr.health_records.models import TEXTS, HealthRecord
from phr.health_records.searching import query_for, stored_words
from tests.factories import CareGrantFactory, HealthRecordFactory, PatientFactory

RECORDS = "/api/health-records/"


def note(patient, title, **texts):
    record = HealthRecordFactory.build(
        patient=patient, created_by=patient.user, title=title, **texts
    )
    record.note_words()
    record.save(force_insert=True)
    return record


def found(client, search, **query):
    response = client.get(RECORDS, {"search": search, **query})
    assert response.status_code == 200, response.content
    return {record["title"] for record in response.json()["results"]}


@pytest.mark.parametrize(
    "search", ["knee", "kn", "pain knee", "KNEE, pain!", "pain & knee", "kne pai left"]
)
def test_all_words_or_their_beginnings_must_be_there(api, alice, search):
    note(alice, "Pain in the left knee")
    note(alice, "Pain in the hand")
    note(alice, "Knee of the other leg")

    assert found(api("alice"), search) == {"Pain in the left knee"} | (
        {"Knee of the other leg"} if search in ("knee", "kn") else set()
    )


def test_words_may_stand_in_different_texts(api, alice):
    note(alice, "Knee", **{name: f"{name}word" for name in TEXTS})

    search = " ".join(["knee", *(f"{name}word" for name in TEXTS)])

    assert found(api("alice"), search) == {"Knee"}


def test_a_part_within_a_word_is_not_its_beginning(api, alice):
    note(alice, "Headache")

    assert found(api("alice"), "ache") == set()


@pytest.mark.parametrize(
    "search",
    [
        "knee:*",
        "!knee",
        "knee | hand",
        "'knee'",
        '"knee"',
        "knee\\",
        "@knee",
        "<->knee",
    ],
)
def test_signs_that_a_text_search_knows_mean_nothing(api, alice, search):
    note(alice, "Knee")
    note(alice, "Hand")

    assert found(api("alice"), search) == ({"Knee"} if "hand" not in search else set())


@pytest.mark.parametrize("search", ["%", "...", "'", "&", "@", " ! "])
def test_what_has_no_word_in_it_finds_nothing(api, alice, search):
    note(alice, "100 % better")

    assert found(api("alice"), search) == set()


def test_scripts_without_spaces_are_searched_by_letter(api, alice):
    note(alice, "\u504f\u982d\u75db\u306e\u85ac")  # medicine for migraine
    note(alice, "\u8179\u75db")  # stomach ache

    assert found(api("alice"), "\u982d\u75db") == {"\u504f\u982d\u75db\u306e\u85ac"}


def test_a_word_without_an_end_is_kept_and_found(api, alice):
    note(alice, "Long", description="x" * 20_000)

    assert found(api("alice"), "x" * 200) == {"Long"}


def test_an_empty_search_asks_for_nothing(api, alice):
    note(alice, "Knee")

    assert found(api("alice"), "") == {"Knee"}


def test_nobody_finds_another_patients_words(api, alice, carol):
    note(carol, "Knee")

    assert found(api("alice"), "knee") == set()


def test_not_even_with_the_same_key_before_them(api, alice):
    """Keys are short; whose record it is decides, not its key."""
    twin = PatientFactory(id=UUID(f"019a0000000070008000{alice.pk.hex[-12:]}"))
    assert twin.pk != alice.pk
    note(twin, "Knee")

    stored = HealthRecord.objects.get(patient=twin).search_words
    assert stored_words(alice.pk, "knee") in stored.replace("'", "")
    assert found(api("alice"), "knee") == set()


def test_a_doctor_finds_words_of_all_their_patients_within_scope(
    api, alice, carol, dr_bob
):
    CareGrantFactory(patient=carol, doctor=dr_bob, record_types=["DIAGNOSIS"])
    note(alice, "Alice's knee")
    note(carol, "Carol's knee", record_type="DIAGNOSIS")
    note(carol, "Carol's knee, not for Bob", record_type="CHECKUP")

    assert found(api("dr_bob"), "knee") == {"Alice's knee", "Carol's knee"}
    assert found(api("dr_bob"), "knee", record_type="DIAGNOSIS") == {"Carol's knee"}
    assert found(api("dr_bob"), "knee", patient=str(alice.pk)) == {"Alice's knee"}
    assert found(api("dr_dan"), "knee") == set()


def test_a_word_beneath_many_newer_records_is_found(api, alice, dr_bob):
    note(alice, "Knee", visit_date="2020-01-01T00:00:00Z")
    for n in range(20):
        note(alice, f"Hand {n}")

    assert found(api("dr_bob"), "knee") == {"Knee"}


def test_a_query_names_no_patient_and_quotes_each_word():
    assert query_for("Knee pain") == "'@knee':* & '@pain':*"
    assert query_for("?!") == ""
