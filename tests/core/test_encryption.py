"""Secrets that are read again: by whom they belong to, with a key of this server."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import GCM
from pytest_django import Settings

from phr.core.encryption import NONCE_BYTES, Unreadable, decrypt, encrypt
from tests.cases import for_each

OWNER, TEXT = "totp:alice", "JBSWY3DPEHPK3PXP"
OLD_KEY = "an-older-encryption-key-of-tests-only-0123456789"


def test_what_was_encrypted_is_read_again_and_shows_nothing() -> None:
    sealed = encrypt(TEXT, belongs_to=OWNER)

    assert decrypt(sealed, belongs_to=OWNER) == TEXT
    assert TEXT.encode() not in urlsafe_b64decode(sealed)


def test_any_program_with_the_key_reads_it_as_aes_256_gcm(settings: Settings) -> None:
    key = sha256(b"encryption:" + settings.ENCRYPTION_KEY.encode()).digest()
    sealed = urlsafe_b64decode(encrypt(TEXT, belongs_to=OWNER))
    nonce, text, tag = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:-16], sealed[-16:]

    reader = Cipher(AES256(key), GCM(nonce, tag)).decryptor()
    reader.authenticate_additional_data(OWNER.encode())
    assert reader.update(text) + reader.finalize() == TEXT.encode()


def test_of_somebody_else_it_cannot_be_read() -> None:
    sealed = encrypt(TEXT, belongs_to=OWNER)

    with pytest.raises(Unreadable):
        decrypt(sealed, belongs_to="totp:carol")


@for_each("place", range(NONCE_BYTES + len(TEXT) + 16))
def test_with_one_bit_changed_it_cannot_be_read(place: int) -> None:
    sealed = bytearray(urlsafe_b64decode(encrypt(TEXT, belongs_to=OWNER)))
    sealed[place] ^= 1

    with pytest.raises(Unreadable):
        decrypt(urlsafe_b64encode(bytes(sealed)).decode(), belongs_to=OWNER)


def test_the_same_text_is_never_encrypted_to_the_same() -> None:
    many = {encrypt(TEXT, belongs_to=OWNER) for _ in range(1_000)}

    nonces = {urlsafe_b64decode(sealed)[:NONCE_BYTES] for sealed in many}
    assert len(many) == len(nonces) == 1_000


def test_a_previous_key_reads_and_the_present_one_writes(settings: Settings) -> None:
    present = settings.ENCRYPTION_KEY
    settings.ENCRYPTION_KEY = OLD_KEY
    old = encrypt(TEXT, belongs_to=OWNER)
    settings.ENCRYPTION_KEY = present

    with pytest.raises(Unreadable):
        decrypt(old, belongs_to=OWNER)
    settings.ENCRYPTION_PREVIOUS_KEYS = [OLD_KEY]
    assert decrypt(old, belongs_to=OWNER) == TEXT

    new = encrypt(TEXT, belongs_to=OWNER)
    settings.ENCRYPTION_PREVIOUS_KEYS = []
    assert decrypt(new, belongs_to=OWNER) == TEXT


@pytest.mark.parametrize("broken", ["", "x", "AAAA", "not base 64!", "ü", "A" * 80])
def test_what_is_broken_cannot_be_read(broken: str) -> None:
    with pytest.raises(Unreadable):
        decrypt(broken, belongs_to=OWNER)
