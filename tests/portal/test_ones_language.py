"""Pages are in the language and the time zone that somebody has chosen."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.test import Client
from django.utils import timezone, translation

from phr.accounts.models import User
from phr.audit.models import AccessEntry
from phr.care.models import CareGrant, PatientProfile
from phr.health_records.models import HealthRecord
from tests.access.browsers import SIX_MINUTES, browser_of
from tests.at_once import all_at_once
from tests.factories import AccessEntryFactory, HealthRecordFactory
from tests.portal.reading import plain, queries_of, text_of
from tests.rows import nothing_written

PAGE, ACCOUNT = "/account/language/", "/account/"
GERMAN = {"accept-language": "de"}
KATHMANDU = "Asia/Kathmandu"
pytestmark = pytest.mark.django_db


def choose(user: User, **choices: str) -> None:
    User.objects.filter(pk=user.pk).update(**choices)


def test_who_chooses_a_language_is_spoken_to_in_it_from_then_on(alice):
    # Who has signed in a while ago is not asked for the password.
    browser = browser_of(alice.user, proof=SIX_MINUTES)

    done = browser.post(PAGE, {"language": "de", "time_zone": KATHMANDU}, follow=True)

    assert done.redirect_chain == [(ACCOUNT, 302)]
    assert '<html lang="de">' in text_of(done)
    alice.user.refresh_from_db()
    assert (alice.user.language, alice.user.time_zone) == ("de", KATHMANDU)
    page = text_of(browser.get(PAGE))
    assert '<option value="de" selected lang="de">Deutsch</option>' in page
    assert f'<option value="{KATHMANDU}" selected lang="en">Kathmandu</option>' in page


@pytest.mark.parametrize(
    ("chosen", "asked", "spoken"),
    [("", "de", "de"), ("", "", "en"), ("en", "de", "en"), ("de", "en", "de")],
)
def test_ones_own_choice_comes_before_what_the_browser_asks(
    alice, chosen, asked, spoken
):
    choose(alice.user, language=chosen)
    browser = browser_of(alice.user)

    for path in (ACCOUNT, "/records/", "/nowhere/", "/inbox/?show=x"):
        page = browser.get(
            path, headers={"accept": "text/html", "accept-language": asked}
        )
        assert f'<html lang="{spoken}"' in text_of(page)
        assert page.headers["Content-Language"] == spoken


def test_what_is_refused_is_said_in_ones_language(alice):
    choose(alice.user, language="de")

    refused = browser_of(alice.user).post("/account/address/", {"email": ""})

    assert "Dieses Feld ist zwingend erforderlich." in plain(refused)


def test_a_form_without_its_token_is_refused_in_ones_language(alice):
    choose(alice.user, language="de")
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = browser_of(alice.user).cookies

    refused = browser.post("/account/address/", {"email": "a@example.org"})

    assert refused.status_code == 403
    assert refused.headers["Content-Language"] == "de"


def test_the_admin_site_speaks_the_language_of_staff(sam):
    choose(sam, language="de", time_zone=KATHMANDU)

    page = browser_of(sam).get("/admin/accounts/user/")

    assert '<html lang="de"' in text_of(page)


@pytest.mark.parametrize("path", [ACCOUNT, "/records/", "/access/log/"])
def test_a_choice_costs_no_query(alice, path):
    browser = browser_of(alice.user)
    browser.get(path)  # which lists the session
    before = queries_of(browser, path)
    choose(alice.user, language="de", time_zone=KATHMANDU)

    assert len(queries_of(browser, path)) == len(before)


@pytest.mark.parametrize(
    "change",
    [
        {"language": "fr"},
        {"language": "DE"},
        {"language": "de\0"},
        {"language": "d" * 10_000},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "europe/berlin"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": "x" * 10_000},
        {"time_zone": "UTC\0"},
    ],
    ids="".join,
)
def test_what_is_no_language_or_time_zone_stands_beside_its_field(alice, change):
    browser = browser_of(alice.user)

    with nothing_written():
        refused = browser.post(PAGE, {"language": "", "time_zone": ""} | change)

    assert refused.status_code == 400
    assert 'class="field wrong"' in text_of(refused)


@pytest.mark.parametrize("name", ["Etc/GMT+5", "GB", "US/Eastern"])
def test_a_zone_that_is_not_in_the_list_stays_if_it_is_chosen(alice, name):
    choose(alice.user, time_zone=name)
    browser = browser_of(alice.user)

    page = browser.get(PAGE)
    done = browser.post(PAGE, {"language": "de", "time_zone": name})

    assert f'<option value="{name}" selected lang="en">{name}</option>' in text_of(page)
    assert done.status_code == 302
    assert User.objects.get(pk=alice.user_id).time_zone == name


def test_a_zone_that_this_server_has_forgotten_is_that_of_the_installation(
    alice, settings
):
    settings.INSTALLATION_TIME_ZONE = "Asia/Tokyo"
    choose(alice.user, time_zone="Mars/Olympus")
    record = HealthRecordFactory(patient=alice)
    HealthRecord.objects.filter(pk=record.pk).update(
        created_at=datetime(2026, 5, 3, 20, tzinfo=UTC)
    )

    page = plain(browser_of(alice.user).get(f"/records/{record.pk}/"))

    assert "Written on 4 May 2026, 05:00." in page


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        ("", "3 May 2026, 20:00"),
        (KATHMANDU, "4 May 2026, 01:45"),
        ("Pacific/Apia", "4 May 2026, 09:00"),
        ("America/Adak", "3 May 2026, 11:00"),
    ],
)
def test_times_are_those_of_ones_clocks_and_visits_keep_their_own(alice, zone, written):
    record = HealthRecordFactory(
        patient=alice,
        visit_date=datetime(2026, 3, 3, 6, 30, tzinfo=UTC),
        visit_offset=-420,
    )
    HealthRecord.objects.filter(pk=record.pk).update(
        created_at=datetime(2026, 5, 3, 20, tzinfo=UTC)
    )
    choose(alice.user, time_zone=zone)
    browser = browser_of(alice.user)

    page = plain(browser.get(f"/records/{record.pk}/"))

    assert f"Written on {written}." in page
    assert "Monday, 2 March 2026, 23:30" in page
    assert "Monday, 2 March 2026" in plain(browser.get("/records/"))


def record_on(day: str, **more: str) -> dict[str, str]:
    return {"record_type": "CHECKUP", "title": "Knee", "visit_day": day} | more


@pytest.mark.parametrize(
    ("zone", "day", "time", "offset"),
    [
        (KATHMANDU, "2026-03-02", "", 345),
        ("Pacific/Apia", "2026-03-02", "23:59", 780),
        ("Europe/Berlin", "2025-03-30", "02:30", 60),  # which no clock there showed
        ("Europe/Berlin", "2025-10-26", "02:30", 120),  # which they showed twice
        ("Europe/Amsterdam", "1925-03-02", "09:00", 0),  # 20 minutes in some lists
        ("America/Adak", "1980-01-01", "12:00", -660),
    ],
)
def test_without_a_script_a_visit_is_on_the_day_that_was_named(
    alice, zone, day, time, offset
):
    choose(alice.user, time_zone=zone)
    browser = browser_of(alice.user)

    done = browser.post("/records/new/", record_on(day, visit_time=time))

    assert done.status_code == 302
    record = HealthRecord.objects.get(title="Knee")
    assert record.visit.date() == date.fromisoformat(day)
    assert f"{record.visit:%H:%M}" == (time or "12:00")
    if zone != "Europe/Amsterdam":
        assert record.visit_offset == offset


def test_an_access_lasts_until_the_end_of_the_day_where_the_patient_is(
    alice, dr_dan, browser
):
    choose(alice.user, time_zone="Pacific/Apia")
    with timezone.override("Pacific/Apia"):
        last_day = timezone.localdate() + timedelta(days=30)
    terms = {"extent": "everything", "lasts": "until", "until": last_day.isoformat()}

    browser("alice").post(f"/access/invite/?doctor={dr_dan.pk}", terms)

    expires_at = CareGrant.objects.get(patient=alice, doctor=dr_dan).expires_at
    assert expires_at is not None
    with timezone.override("Pacific/Apia"):
        local = timezone.localtime(expires_at)
    assert local.date() == last_day
    assert f"{local:%H:%M:%S}" == "23:59:59"


def test_an_end_after_the_calendars_own_is_shown_everywhere(
    alice, bobs_grant, browser, sam
):
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    CareGrant.objects.filter(pk=bobs_grant.pk).update(expires_at=last)
    for user in (alice.user, sam, bobs_grant.doctor.user):
        choose(user, time_zone=KATHMANDU)

    assert "31 December 9999" in plain(browser("alice").get("/access/"))
    assert browser("dr_bob").get("/requests/").status_code == 200
    assert browser("sam").get("/admin/care/caregrant/").status_code == 200


def enter(alice: PatientProfile, at: datetime) -> AccessEntry:
    entry: AccessEntry = AccessEntryFactory(
        patient_id=alice.pk, action="health_records.record_opened", at=at
    )
    return entry


def test_the_access_log_is_by_the_days_and_months_of_its_reader(alice, browser):
    this_month = timezone.now().replace(day=1, hour=0, minute=30, second=0)
    enter(alice, this_month)
    client = browser("alice")
    in_utc = text_of(client.get("/access/log/"))

    choose(alice.user, time_zone="America/Adak")
    in_alaska = text_of(client.get("/access/log/"))

    before = this_month - timedelta(days=1)
    assert f"{this_month:%B %Y}</th><td>1</td>" in squeezed(in_utc)
    assert f"{before:%B %Y}</th><td>1</td>" in squeezed(in_alaska)


def squeezed(html: str) -> str:
    return html.replace("> <", "><").replace(' scope="row"', "")


def test_the_log_as_a_table_names_the_zone_of_its_times(alice, browser):
    enter(alice, datetime(2026, 5, 3, 20, tzinfo=UTC))
    choose(alice.user, language="de", time_zone=KATHMANDU)

    table = browser("alice").post("/access/log/download/")

    _head, line, *_more = csv.reader(io.StringIO(table.getvalue().decode("utf-8-sig")))
    assert line[0] == "2026-05-04 01:45:00+05:45"


@pytest.mark.parametrize(
    ("zone", "kept"),
    [("Asia/Kathmandu", "Asia/Kathmandu"), ("Mars/Olympus", ""), ("", ""), ("\0", "")],
)
def test_who_signs_up_keeps_the_language_of_the_page_and_the_zone_of_the_browser(
    zone, kept
):
    words = "a long enough sentence 7"
    person = {
        "first_name": "Nina",
        "email": "nina@example.org",
        "username": "nina",
        "password": words,
        "password_confirm": words,
        "time_zone": zone,
    }

    done = Client().post("/sign-up/", person, headers=GERMAN)

    assert done.status_code == 302
    nina = User.objects.get(username="nina")
    assert (nina.language, nina.time_zone) == ("de", kept)


def test_visitors_read_times_of_the_installation(settings, alice, browser):
    settings.INSTALLATION_TIME_ZONE = KATHMANDU
    record = HealthRecordFactory(patient=alice)
    HealthRecord.objects.filter(pk=record.pk).update(
        created_at=datetime(2026, 5, 3, 20, tzinfo=UTC)
    )

    page = plain(browser("alice").get(f"/records/{record.pk}/"))

    assert "Written on 4 May 2026, 01:45." in page


def test_nobodys_language_or_zone_is_left_to_the_next_request(alice, carol):
    choose(alice.user, language="de", time_zone=KATHMANDU)

    browser_of(alice.user).get(ACCOUNT)

    assert translation.get_language() == "en"
    assert timezone.get_current_timezone_name() == "UTC"
    page = browser_of(carol.user).get(ACCOUNT)
    assert '<html lang="en"' in text_of(page)


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_each_read_their_own_language(alice, carol):
    choose(alice.user, language="de", time_zone=KATHMANDU)
    choose(carol.user, language="en", time_zone="America/Adak")
    browsers = {"de": browser_of(alice.user), "en": browser_of(carol.user)}

    def read(language: str) -> bool:
        pages = [text_of(browsers[language].get(ACCOUNT)) for _ in range(10)]
        return all(f'<html lang="{language}"' in page for page in pages)

    assert all_at_once([partial(read, "de"), partial(read, "en")]) == [True, True]
