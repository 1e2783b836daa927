"""What is logged and traced of a statement holds no value, however it was written."""

import pytest

from phr.core.postgres.statement_tally import LONGEST_LOGGED, without_values


@pytest.mark.parametrize(
    ("sql", "shown"),
    [
        ("SELECT 'asthma', 'it''s', 1815, $1, t1.a", "SELECT ?, ?, ?, $1, t1.a"),
        (r"SELECT E'it\'s asthma', 7", "SELECT ?, ?"),
        (r"SELECT e'a\\', 'asthma'", "SELECT ?, ?"),
        ("SELECT $$it's asthma$$ FROM t", "SELECT ? FROM t"),
        ("SELECT $tag$a $$ asthma\n$tag$, $2", "SELECT ?, $2"),
        (b"SELECT $1, $2 WHERE a = $3", "SELECT $1, $2 WHERE a = $3"),
    ],
)
def test_no_value_is_left(sql: str | bytes, shown: str) -> None:
    assert without_values(sql) == shown


@pytest.mark.parametrize("opening", ["'", "E'", "$$", "$tag$"])
def test_nor_of_one_that_is_cut_off(opening: str) -> None:
    assert without_values(f"SELECT {opening}{'asthma ' * LONGEST_LOGGED}") == "SELECT ?"


def test_nor_of_one_that_is_cut_off_within_an_escape() -> None:
    text = "SELECT E'" + "a" * LONGEST_LOGGED
    assert without_values(text[: LONGEST_LOGGED - 1] + "\\'asthma'") == "SELECT ?"
