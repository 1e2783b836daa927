"""Many cases in one test: all are tried, those that fail named, none meets another."""

import pytest
from django.db import IntegrityError

from phr.accounts.models import User
from phr.care.models import PatientProfile
from tests.cases import for_each, undone
from tests.factories import UserFactory


def test_each_case_that_fails_is_named_and_none_is_left_out() -> None:
    tried: list[tuple[str, int]] = []

    @for_each("letter, number", [("a", 1), ("b", 2), ("c", 3)])
    def is_odd(letter: str, number: int) -> None:
        tried.append((letter, number))
        if letter == "b":
            raise ValueError("another error")
        assert number < 3

    with pytest.raises(ExceptionGroup) as failed:
        is_odd()

    assert tried == [("a", 1), ("b", 2), ("c", 3)]
    notes = [each.__notes__ for each in failed.value.exceptions]
    assert notes == [["Case: b, 2"], ["Case: c, 3"]]


@for_each("username", ["ada", "ada", "bea"], undone)
def test_no_case_meets_what_another_has_written(db: None, username: str) -> None:
    assert not User.objects.filter(user_type="PATIENT").exists()
    UserFactory.create(username=username)


@pytest.mark.django_db
def test_what_a_case_names_and_is_not_there_fails_it() -> None:
    @for_each("user_id", ["019a0000-0000-7000-8000-000000000001"], undone)
    def name_nobody(user_id: str) -> None:
        PatientProfile.objects.create(user_id=user_id)

    with pytest.RaisesGroup(IntegrityError):
        name_nobody()
