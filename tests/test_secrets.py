"""What is kept encrypted: read for its owner, with a key of this installation."""

import pytest

from phr.core.secrets import Unreadable, decrypt, encrypt


def test_what_was_encrypted_is_read_again():
    sealed = encrypt("Grüße, 秘密", belongs_to="totp:1")

    assert decrypt(sealed, belongs_to="totp:1") == "Grüße, 秘密"
    assert "Gr" not in sealed


def test_the_same_text_never_looks_the_same():
    assert encrypt("x", belongs_to="totp:1") != encrypt("x", belongs_to="totp:1")


def test_moved_to_something_else_it_cannot_be_read():
    sealed = encrypt("x", belongs_to="totp:1")

    with pytest.raises(Unreadable) as error:
        decrypt(sealed, belongs_to="totp:2")
    assert sealed not in str(error.value)


def test_a_previous_key_still_reads_and_no_longer_writes(settings):
    sealed = encrypt("x", belongs_to="totp:1")
    old, settings.ENCRYPTION_KEY = settings.ENCRYPTION_KEY, "new" * 20
    settings.ENCRYPTION_PREVIOUS_KEYS = ["of no use" * 5, old]
    assert decrypt(sealed, belongs_to="totp:1") == "x"
    newer = encrypt("y", belongs_to="totp:1")

    settings.ENCRYPTION_PREVIOUS_KEYS = []

    assert decrypt(newer, belongs_to="totp:1") == "y"
    with pytest.raises(Unreadable):
        decrypt(sealed, belongs_to="totp:1")


@pytest.mark.parametrize("broken", ["", "x", "AAAA", "not base 64!", "ü", "A" * 80])
def test_what_is_broken_cannot_be_read(broken):
    with pytest.raises(Unreadable):
        decrypt(broken, belongs_to="totp:1")


def test_one_changed_bit_is_seen():
    sealed = encrypt("x", belongs_to="totp:1")
    changed = ("B" if sealed[20] == "A" else "A").join([sealed[:20], sealed[21:]])

    with pytest.raises(Unreadable):
        decrypt(changed, belongs_to="totp:1")
