"""How passwords are hashed: at a known cost, one at a time, behind everything else."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from pytest_django import Settings
from rest_framework.test import APIClient

from phr.accounts import hashing
from phr.accounts.hashing import (
    NICENESS,
    CalmArgon2PasswordHasher,
    give_way,
    hashing_thread,
)
from phr.accounts.models import User
from phr.care.models import PatientProfile
from tests.at_once import all_at_once
from tests.factories import PASSWORD

LOGIN = "/api/auth/login/"
NICEST = 19  # of Linux
CALM = "phr.accounts.hashing.CalmArgon2PasswordHasher"


def log_in(password: str = PASSWORD) -> int:
    body = {"username": "alice", "password": password}
    return int(APIClient().post(LOGIN, body).status_code)


def test_a_hash_takes_19_mebibytes_two_passes_and_one_lane() -> None:
    encoded = CalmArgon2PasswordHasher().encode("x", "salt" * 4)

    assert "$argon2id$v=19$m=19456,t=2,p=1$" in encoded


def test_hashes_are_computed_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now, most = 0, 0
    original = Argon2PasswordHasher.encode

    def encode(*args: Any) -> str:
        nonlocal now, most
        now += 1
        most = max(most, now)
        encoded = original(*args)
        now -= 1
        return encoded

    monkeypatch.setattr(Argon2PasswordHasher, "encode", encode)
    hasher = CalmArgon2PasswordHasher()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: hasher.encode("x", f"salt{n:012}"), range(8)))

    assert most == 1


@pytest.mark.skipif(sys.platform != "linux", reason="a thread has no niceness there")
def test_hashing_gives_way_and_nothing_else_does() -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    own = niceness()
    assert hashing_thread.run(niceness) == max(own, NICENESS)
    assert niceness() == own


@pytest.mark.skipif(sys.platform != "linux", reason="a thread has no niceness there")
def test_a_process_that_gives_way_already_hashes_as_it_is() -> None:
    """Only root may take back niceness, and a service is often started with some."""

    def in_such_a_process() -> int:
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, NICEST)
        give_way()
        return os.getpriority(os.PRIO_PROCESS, thread)

    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(in_such_a_process).result() == NICEST


def test_a_process_that_was_forked_can_hash() -> None:
    hashing_thread.run(int)  # its thread runs, and a child will not have it

    child = os.fork()
    if child == 0:
        os._exit(0 if hashing_thread.run(int) == 0 else 1)

    assert os.waitpid(child, 0)[1] == 0


@pytest.fixture
def old_hash(alice: PatientProfile) -> User:
    """Alice's password is hashed as Django does it by itself."""
    old = Argon2PasswordHasher().encode(PASSWORD, "an older salt of hers")
    User.objects.filter(pk=alice.user.pk).update(password=old)
    assert "m=102400,t=2,p=8" in old
    return alice.user


@pytest.mark.django_db
def test_a_sign_in_brings_an_older_hash_up_to_date(
    old_hash: User, settings: Settings
) -> None:
    settings.PASSWORD_HASHERS = [CALM]

    assert log_in("not her password") == 401
    old_hash.refresh_from_db()
    assert "m=102400" in old_hash.password
    assert log_in() == 200
    old_hash.refresh_from_db()
    assert "m=19456,t=2,p=1" in old_hash.password
    assert log_in() == 200


@pytest.mark.django_db(transaction=True)
def test_simultaneous_first_sign_ins_do_not_shut_each_other_out(
    old_hash: User, settings: Settings
) -> None:
    settings.PASSWORD_HASHERS = [CALM]

    assert all_at_once([log_in] * 4) == [200] * 4


@pytest.mark.django_db
def test_a_password_that_changes_meanwhile_is_not_overwritten(
    old_hash: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PASSWORD_HASHERS = [CALM]
    other = make_password("another horse battery 8")
    original = hashing.CalmArgon2PasswordHasher.encode

    def change_meanwhile(*args: Any) -> str:
        User.objects.filter(pk=old_hash.pk).update(password=other)
        return original(*args)

    monkeypatch.setattr(CalmArgon2PasswordHasher, "encode", change_meanwhile)

    assert log_in() == 401
    old_hash.refresh_from_db()
    assert old_hash.password == other
