"""What is made outside of the checkout goes when nobody has data there any more."""

import os
import pwd
import secrets
from pathlib import Path

import pytest

from dev import places, postgres_binaries, traces


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder and a name of an account like those of people, and nobody's."""
    folder = tmp_path / "base"
    monkeypatch.setattr(places, "base", lambda: places.own_folder(folder, 0o755))
    account = f"phr-test-{secrets.token_hex(4)}"
    monkeypatch.setattr(postgres_binaries, "ACCOUNT", account)
    return folder


def make_traces() -> None:
    """As the first `make run` does; an ordinary user needs no account for it."""
    (places.base() / "postgresql-18.6.3").mkdir()
    if os.geteuid() == 0:
        postgres_binaries.own_account()


def accounts() -> set[str]:
    return {each.pw_name for each in pwd.getpwall()}


def test_folder_and_account_go_with_the_last_checkout(base: Path) -> None:
    before = accounts()
    make_traces()
    (places.base() / places.label()).mkdir()

    traces.remove_shared()  # there is still somebody's database

    made = accounts() - before
    assert base.exists()
    assert len(made) == (1 if os.geteuid() == 0 else 0)
    (base / places.label()).rmdir()
    traces.remove_shared()
    assert not base.exists()
    assert accounts() == before


def test_data_of_a_checkout_that_is_called_as_our_copies_are_stay(base: Path) -> None:
    (places.base() / "postgresql-healt-37a48bcc4b").mkdir()

    traces.remove_shared()

    assert (base / "postgresql-healt-37a48bcc4b").exists()
    (base / "postgresql-healt-37a48bcc4b").rmdir()
    traces.remove_shared()


def test_an_account_that_was_there_before_stays(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = pwd.getpwuid(os.geteuid()).pw_name
    monkeypatch.setattr(postgres_binaries, "ACCOUNT", mine)
    make_traces()

    traces.remove_shared()

    assert not base.exists()
    assert mine in accounts()
