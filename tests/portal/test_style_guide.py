"""The page that shows all components."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_it_shows_each_kind_of_record_and_what_is_wrong_with_a_form() -> None:
    page = Client().get("/styleguide/").content.decode()

    assert "Check-up" in page
    assert "Choose the day of the visit." in page


def test_there_is_none_where_people_keep_records(settings) -> None:
    settings.STYLE_GUIDE = False

    assert Client().get("/styleguide/").status_code == 404
