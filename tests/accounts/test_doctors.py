"""The directory of doctors."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from phr.accounts.models import User
from phr.care.models import DoctorProfile
from tests.accounts.bodies import doctor_body
from tests.conftest import Api
from tests.factories import DoctorFactory
from tests.problem_answers import problem_of

DOCTORS = "/api/auth/doctors/"
pytestmark = pytest.mark.django_db


def doctor(first_name: str, last_name: str, specialization: str = "") -> DoctorProfile:
    made: DoctorProfile = DoctorFactory.create(
        user__first_name=first_name,
        user__last_name=last_name,
        specialization=specialization,
    )
    return made


def found(api: Api, **query: str) -> set[str]:
    response = api("alice").get(DOCTORS, query)
    assert response.status_code == 200, response.content
    return {row["user"]["last_name"] for row in response.json()["results"]}


@pytest.mark.parametrize(
    ("first_name", "last_name", "words"),
    [
        ("Łukasz", "Öztürk", "łukasz öztürk"),
        ("Łukasz", "Öztürk", "ŁUKASZ"),
        ("Łukasz", "Öztürk", "zTÜR"),
        ("Łukasz", "Öztürk", "O\u0308ztu\u0308rk"),  # the dots as marks of their own
        ("ΣΟΦΙΑ", "Παππάς", "σοφια"),
        ("ΣΟΦΙΑ", "Παππάς", "ΠΑΠΠΆΣ"),
        ("Σοφία", "ΠΑΠΠΆΣ", "παππάς"),
        ("Юлия", "Щукина", "ЩУКИНА"),
        ("Uwe", "Strauß", "STRAUSS"),
        ("İpek", "Yilmaz", "i\u0307pek"),
        ("Ann", "O'Brien-Smith", "o'brien-s"),
    ],
)
def test_a_doctor_is_found_by_name_in_any_case(
    api: Api, first_name: str, last_name: str, words: str
) -> None:
    doctor(first_name, last_name)
    doctor("Somebody", "Else")

    assert found(api, search=words) == {last_name}


@pytest.mark.parametrize(
    "words",
    [
        *("Berg! Jo", "Jo & Berg", "\u00bfJo Berg?", "\u300cJo\u300d\u3010Berg\u3011"),
        *("Berg\u061f Jo", "Jo\u0964Berg", "Jo+Berg", "<Jo|Berg>", "#Jo *Berg*"),
        *(
            "Pr Jo Berg",
            "Sig.ra Jo Berg",
            "Prof. Dr. h.c. mult. Jo Berg",
            "Berg, Jo Jr.",
        ),
        *("Dipl.-Ing. Jo Berg", "Rev. Jo Berg"),
    ],
)
def test_a_doctor_is_found_whatever_stands_around_the_names(
    api: Api, words: str
) -> None:
    doctor("Jo", "Berg")
    doctor("Bo", "Dahl")

    assert found(api, search=words) == {"Berg"}


@pytest.mark.parametrize("stored", ["Jo!Berg", "Jo&Berg", "\u201eJo\u201c/Berg"])
def test_whatever_stands_between_names_parts_them(api: Api, stored: str) -> None:
    doctor("", stored)

    assert found(api, search="be jo") == {stored}


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        (
            "\u0639\u0628\u062f\u0627\u0644\u0644\u0647",
            "\u0639\u0628\u062f \u0627\u0644\u0644\u0647",
        ),
        (
            "\u0639\u0628\u062f \u0627\u0644\u0644\u0647",
            "\u0639\u0628\u062f\u0627\u0644\u0644\u0647",
        ),
    ],
)
def test_servant_of_is_the_same_name_with_a_space_and_without(
    api: Api, stored: str, words: str
) -> None:
    doctor("", stored)
    doctor("Bo", "Dahl")

    assert found(api, search=words) == {stored}


def test_a_doctor_is_found_by_specialization(api: Api) -> None:
    doctor("Ann", "Berg", "Gynäkologie")
    doctor("Bo", "Dahl", "Neurology")

    assert found(api, search="GYNÄK") == {"Berg"}


@pytest.mark.parametrize("words", ["Gynäkologie", "GYNÄKOLOGIE", "gynäkologie"])
def test_a_specialization_is_filtered_by_in_any_case(api: Api, words: str) -> None:
    doctor("Ann", "Berg", "Gynäkologie")
    doctor("Bo", "Dahl", "Gynäkologie und mehr")

    assert found(api, specialization=words) == {"Berg"}


@pytest.mark.parametrize(
    ("words", "last_names"),
    [
        ("%", set()),
        ("_", set()),
        ("\\", set()),
        ("r_s", {"Under_score"}),
        ("k\\s", {"Back\\slash"}),
        ("t%a", {"Percent%age"}),
        ("P%e", set()),
        ("Un_er", set()),
    ],
)
def test_wildcards_are_taken_literally(
    api: Api, words: str, last_names: set[str]
) -> None:
    for last_name in ("Percent%age", "Under_score", "Back\\slash", "Plain"):
        doctor("Ann", last_name)

    assert found(api, search=words) == last_names


@pytest.mark.parametrize("words", ["%", "Cardio%", "Cardiolog_"])
def test_wildcards_in_a_specialization_are_taken_literally(
    api: Api, words: str
) -> None:
    doctor("Ann", "Berg", "Cardiology")

    assert found(api, specialization=words) == set()


@pytest.mark.parametrize(
    ("words", "last_names"),
    [
        ("jo", {"Berg", "Joos", "de Jong"}),
        ("J", {"Berg", "Joos", "de Jong"}),
        ("é", {"Eriksson"}),
        ("ur", {"Joos"}),
        ("rg", set()),
    ],
)
def test_one_letter_or_two_are_found_where_words_begin(
    api: Api, words: str, last_names: set[str]
) -> None:
    doctor("José", "Berg", "Cardiology")
    doctor("Ann", "Joos", "Urology")
    doctor("Bo", "de Jong", "Cardiology")
    doctor("Bo", "Eriksson", "Cardiology")

    assert found(api, search=words) == last_names


@pytest.mark.parametrize("words", ["jose", "JOSÉ", "Jose\N{COMBINING ACUTE ACCENT}"])
def test_a_name_is_found_without_its_accents_and_with_them(
    api: Api, words: str
) -> None:
    doctor("José", "Berg")
    doctor("Josef", "Dahl")

    assert found(api, search=f"{words} b") == {"Berg"}


@pytest.mark.parametrize("parameter", ["search", "specialization"])
def test_words_longer_than_any_name_are_refused(api: Api, parameter: str) -> None:
    response = api("alice").get("/api/auth/doctors/", {parameter: "x" * 201})

    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "max_length"


def test_words_may_stand_in_name_and_specialization_but_none_across_them(
    api: Api,
) -> None:
    doctor("Ann", "Berg", "Neurology")
    doctor("Bo", "Dahl", "Pediatrics")

    assert found(api, search="neurol berg") == {"Berg"}
    assert found(api, search="bergneuro") == set()
    assert found(api, search="ann pediatrics") == set()


# As it is stored, and as somebody asks for it.
ASKED_FOR = [
    (("Seán", "O\u2019Brien"), "o'brien"),
    (("Seán", "O'Brien"), "o\u2019brien"),
    (("Seán", "O'Brien"), "O`Brien"),
    (("Seán", "O\u02bcBrien"), "obrien sean"),
    (("Seán", "OBrien"), "o'brien"),
    (("Seán", "O' Brien"), "o'brien"),
    (("Seán", "O'Brien"), "o brien"),
    (("María José", "García Ruiz"), "maria garcia"),
    (("María José", "García Ruiz"), "ruiz, maria"),
    (("María José", "García-Ruiz"), "garcia ruiz"),
    (("María José", "García Ruiz"), "GARCÍA\u2013RUIZ"),
    (("Jean\u2011Luc", "Bélanger"), "belanger jean-luc"),
    (("Jean-Luc", "Bélanger"), "jeanluc"),
    (("Omar", "Al-Hassan"), "alhassan"),
    (("Omar", "Alhassan"), "al-hassan"),
    (("Ann", "Zephyrin"), "Dr. Zephyrin"),
    (("Ann", "Zephyrin"), "dr zephyrin"),
    (("Ann", "Zephyrin"), "Dr.Zephyrin"),
    (("Ann", "Zephyrin"), "Prof. Dr. med. Ann Zephyrin"),
    (("Ann", "Zephyrin"), "Dra. Zephyrin"),
    (("Ann", "Zephyrin"), "Zephyrin, Ann, MD"),
    (("Anna", "Щукина"), "\u0434-\u0440 Щукина"),
    (("דנה", "כהן"), 'ד"ר כהן'),
    (("太郎", "山田"), "山田太郎"),
    (("太郎", "山田"), "山田 先生"),
    (("민수", "김"), "김민수"),
    (("ジョン", "スミス"), "スミス・ジョン"),
    (("Zo\u00ad\u200beë", "Lind\u2060qvist"), "zoee lindqvist"),
    (("St. John", "Rivers"), "st john"),
    (("J.R.", "Ewing"), "ewing j r"),
    (("दीपक", "दान"), "दान दीपक"),
    (("दीपक", "दान"), "डॉ. दान"),
    (("दीपक", "दान"), "डॉक्टर दीपक"),
    (("สมชาย", "ใจดี"), "นพ. สมชาย"),
]


@pytest.mark.parametrize(("names", "words"), ASKED_FOR)
def test_a_doctor_is_found_by_words_however_they_are_typed(
    api: Api, names: tuple[str, str], words: str
) -> None:
    doctor(*names)
    doctor("Brigitte", "Else")

    assert found(api, search=words) == {names[1]}


@pytest.mark.parametrize("words", ["maria lopez", "दिन", "dr. nobody", "jo"])
def test_who_lacks_one_of_the_words_is_not_found(api: Api, words: str) -> None:
    doctor("María", "García")
    doctor("दीपक", "दान")

    assert found(api, search=words) == set()


@pytest.mark.parametrize("words", ["...", "-", "'", "\u00ad", "\u2019"])
def test_signs_without_a_word_find_nobody(api: Api, words: str) -> None:
    doctor("Seán", "O'Brien-Ray")

    assert found(api, search=words) == set()


def test_a_title_alone_is_a_word_as_any_other(api: Api) -> None:
    doctor("Ann", "Drake")
    doctor("Bo", "Berg")

    assert found(api, search="dr") == {"Drake"}


@pytest.mark.parametrize(("words", "is_found"), [(20, False), (21, True)])
def test_behind_twenty_words_nothing_is_looked_for(
    api: Api, words: int, is_found: bool
) -> None:
    names = [f"n{number}" for number in range(words - 1)]
    doctor(" ".join(names), "Berg")

    assert bool(found(api, search=" ".join([*names, "nobody"]))) is is_found


def test_a_specialization_is_the_same_with_another_hyphen(api: Api) -> None:
    doctor("Ann", "Berg", "Ear\u2013Nose\u2013Throat")

    assert found(api, specialization="ear-nose-throat") == {"Berg"}
    assert found(api, specialization="ear nose") == set()


def test_a_changed_name_is_found_and_the_old_one_is_not(api: Api) -> None:
    api("dr_dan").patch("/api/auth/profile/", {"user": {"last_name": "Çelik"}})

    assert found(api, search="çELIK") == {"Çelik"}
    assert found(api, search="okoro") == set()


def test_a_registered_doctor_is_found(api: Api) -> None:
    body = doctor_body(last_name="Ōtsuka", specialization="Neurology")
    api("nobody").post("/api/auth/register/", body)

    assert found(api, search="ōTSUKA") == {"Ōtsuka"}


def row_of(api: Api, who: str, doctor: DoctorProfile) -> dict[str, Any]:
    results = api(who).get(DOCTORS).json()["results"]
    row: dict[str, Any] = next(r for r in results if r["id"] == str(doctor.pk))
    return row


@pytest.mark.parametrize("who", ["alice", "carol", "dr_dan", "dr_eve"])
def test_others_see_neither_licence_nor_email_nor_phone(
    api: Api, dr_bob: DoctorProfile, who: str
) -> None:
    User.objects.filter(pk=dr_bob.user_id).update(phone_number="+31201112223")

    response = api(who).get(DOCTORS)
    row = row_of(api, who, dr_bob)

    assert row.keys() == {
        "id",
        "user",
        "specialization",
        "years_of_experience",
        "is_verified",
    }
    assert row["user"].keys() == {"id", "first_name", "last_name"}
    text = response.content.decode()
    for secret in (dr_bob.license_number, dr_bob.user.email, "+31201112223", "dr_bob"):
        assert secret not in text


@pytest.mark.parametrize("who", ["dr_bob", "sam"])
def test_owner_and_staff_see_the_licence_and_no_more(
    api: Api, dr_bob: DoctorProfile, who: str
) -> None:
    row = row_of(api, who, dr_bob)

    assert row["license_number"] == dr_bob.license_number
    assert row["user"].keys() == {"id", "first_name", "last_name"}


def test_a_doctor_sees_only_the_own_licence(
    api: Api, dr_bob: DoctorProfile, dr_dan: DoctorProfile
) -> None:
    assert "license_number" not in row_of(api, "dr_bob", dr_dan)


def test_deactivated_doctors_are_not_listed(api: Api, dr_dan: DoctorProfile) -> None:
    User.objects.filter(pk=dr_dan.user_id).update(is_active=False)

    assert found(api) == set()


def test_the_directory_is_for_those_signed_in(api: Api, dr_dan: DoctorProfile) -> None:
    response = api("nobody").get(DOCTORS)

    problem_of(response, 401, "not_authenticated")
    assert dr_dan.user.last_name not in response.content.decode()


def test_names_that_were_folded_with_their_accents_are_folded_anew(api: Api) -> None:
    doctor("José", "Berg")
    DoctorProfile.objects.update(search_text="josé berg\ncardiology")
    migration = import_module("phr.care.migrations.0003_accents_are_folded")

    migration.fold_anew(apps, None)

    assert found(api, search="jose") == {"Berg"}


def test_texts_from_before_words_were_looked_for_are_made_anew(api: Api) -> None:
    ann = doctor("Ann", "O\u2019Brien-Ray", "Cardiology")
    text = ann.search_text
    migration = import_module("phr.care.migrations.0007_doctors_are_found_by_words")

    migration.as_before(apps, None)
    ann.refresh_from_db()
    assert ann.search_text == "ann o'brien-ray\ncardiology"
    migration.by_words(apps, None)

    ann.refresh_from_db()
    assert ann.search_text == text
    assert found(api, search="obrien") == {ann.user.last_name}
