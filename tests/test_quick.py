"""What `make test-quick` leaves out is there, and is the whole of a kind."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from tests.quick import SLOW, TESTS, is_fuzzing, is_slow


def test_every_place_that_is_left_out_is_there():
    assert [place for place in SLOW if not (TESTS / place).exists()] == []


def test_a_folder_is_left_out_with_all_that_is_in_it():
    assert is_slow(TESTS / "growth")
    assert is_slow(TESTS / "growth" / "test_full_database.py")
    assert not is_slow(TESTS / "access" / "test_matrix.py")
    assert not is_slow(TESTS)


def test_what_is_drawn_at_random_is_left_out(request):
    @given(st.integers())
    def drawn(number):
        pass

    assert is_fuzzing(SimpleNamespace(function=drawn))
    assert not is_fuzzing(request.node)
