"""Everybody reads in the browser what they were told."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from phr.notifications.models import Notification, NotificationType
from tests.access.browsers import browser_of
from tests.conftest import user_of
from tests.factories import NotificationFactory
from tests.portal.reading import plain, queries_of, text_of

ODD = "<b onclick='x()'>&amp;</b>"


@pytest.fixture
def told(alice):
    """Two messages of Alice's; she has read the second."""
    return [
        NotificationFactory(
            recipient=alice.user,
            notification_type=NotificationType.CARE_REQUESTED,
            title="A doctor asks for access",
        ),
        NotificationFactory(
            recipient=alice.user,
            title="Old news",
            is_read=True,
            read_at=timezone.now(),
        ),
    ]


def test_messages_lead_to_what_they_are_about(browser, told):
    page = browser("alice").get("/inbox/")

    assert "A doctor asks for access" in plain(page)
    assert "Old news" in plain(page)
    assert '<a class="target" href="/access/">Look and answer' in text_of(page)


@pytest.mark.parametrize("who", ["alice", "dr_bob", "sam"])
def test_every_kind_of_message_leads_to_a_page_that_there_is(
    browser, request, alice, dr_bob, who
):
    user = user_of(request.getfixturevalue(who))
    for kind in NotificationType:
        NotificationFactory(recipient=user, notification_type=kind, about_patient=alice)
    reader = browser_of(user, second_factor=True)

    links = set(
        re.findall(r'class="target" href="([^"]+)"', text_of(reader.get("/inbox/")))
    )

    assert len(links) >= 1
    assert {reader.get(link).status_code for link in links} == {200}


def test_a_doctors_message_about_a_patient_leads_to_the_patient(browser, alice, dr_bob):
    NotificationFactory(recipient=dr_bob.user, about_patient=alice)

    page = text_of(browser("dr_bob").get("/inbox/"))

    assert f'href="/patients/{alice.pk}/">See the patient' in page


def test_only_the_unread_are_shown_if_these_are_wanted(browser, told):
    page = plain(browser("alice").get("/inbox/?show=unread"))

    assert "A doctor asks for access" in page
    assert "Old news" not in page


@pytest.mark.parametrize("who", ["alice", "dr_bob"])
def test_the_first_page_has_a_place_for_the_inbox_with_its_count(browser, request, who):
    NotificationFactory(recipient=user_of(request.getfixturevalue(who)))

    page = text_of(browser(who).get("/inbox/"))

    assert 'href="/inbox/" aria-current="page"' in page
    assert '<span class="count">1' in page


def test_reading_one_marks_it_and_leads_back_to_where_one_was(browser, told):
    alices = browser("alice")

    response = alices.post(
        f"/inbox/{told[0].pk}/read/", {"next": "/inbox/?show=unread"}, follow=True
    )

    assert response.redirect_chain == [("/inbox/?show=unread", 302)]
    assert "You have read everything." in plain(response)
    assert not Notification.objects.unread().exists()


def test_reading_one_leads_to_no_other_server(browser, told):
    response = browser("alice").post(
        f"/inbox/{told[0].pk}/read/", {"next": "https://example.org/"}
    )

    assert response.headers["Location"] == "/inbox/"


def test_all_are_read_at_once_and_counted(browser, alice, told):
    NotificationFactory.create_batch(3, recipient=alice.user)

    response = browser("alice").post("/inbox/read/", follow=True)

    assert "4 messages are marked as read." in plain(response)
    assert not Notification.objects.unread().exists()


def test_nobody_reads_or_marks_the_messages_of_others(browser, carol, told):
    carols = browser("carol")

    assert "A doctor asks" not in plain(carols.get("/inbox/"))
    assert carols.post(f"/inbox/{told[0].pk}/read/").status_code == 404
    told[0].refresh_from_db()
    assert not told[0].is_read


def test_the_live_count_is_a_part_of_a_page_and_empty_for_none(browser, alice, told):
    alices = browser("alice")

    assert plain(alices.get("/inbox/count/")) == "1 unread"
    alices.post("/inbox/read/")
    assert plain(alices.get("/inbox/count/")) == ""


def test_who_is_signed_out_is_told_to_ask_no_more(told):
    response = Client().get("/inbox/count/")

    assert (response.status_code, response.content) == (286, b"")
    assert "sessionid" not in response.cookies


@pytest.mark.parametrize("query", ["show=read", "show=%00", "cursor=x"])
def test_what_is_no_list_is_not_found(browser, alice, query):
    assert browser("alice").get(f"/inbox/?{query}").status_code == 404


def test_messages_are_shown_as_they_are_written(browser, alice):
    NotificationFactory(recipient=alice.user, title=ODD, message=ODD)

    page = text_of(browser("alice").get("/inbox/"))

    assert page.count("&lt;b onclick=&#x27;x()&#x27;&gt;&amp;amp;&lt;/b&gt;") >= 2
    assert "<b onclick" not in page


def test_a_long_inbox_has_pages_of_a_fixed_cost(browser, alice):
    for number in range(25):
        NotificationFactory(recipient=alice.user, title=f"Message {number}")
    alices = browser("alice")

    assert "Older" in plain(alices.get("/inbox/"))
    assert len(queries_of(alices, "/inbox/")) <= 8
