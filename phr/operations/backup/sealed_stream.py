"""A stream in encrypted pieces: none can be changed, moved, left out or added.

The construction is STREAM (V. T. Hoang, R. Reyhanitabar, P. Rogaway, D. Vizár, "Online
Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", CRYPTO 2015) with
AES-256-GCM: the nonce of a piece is its number and whether it is the last. Each stream
has a key of its own, made of the installation's and of random bytes (HKDF, RFC 5869),
so that no nonce is used twice under one key.
"""

from collections.abc import Iterable, Iterator
from os import urandom
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from phr.operations.backup.faults import BackupFault

MARK = b"health-record-api backup 1\n"
KEY_ID_BYTES, SALT_BYTES, TAG_BYTES = 8, 32, 16
PIECE = 64 * 1024  # bytes before they are encrypted; all but the last are as long
COUNTER_BYTES = 11  # of the nonce, whose twelfth byte marks the last piece
DAMAGED = "is damaged or incomplete"


def derive(key: str, salt: bytes | None, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, MARK + purpose).derive(key.encode())


def key_id(key: str) -> bytes:
    """By which a wrong key is told from a damaged file; it leads back to no key."""
    return derive(key, None, b"key id", KEY_ID_BYTES)


def cipher_of(key: str, salt: bytes) -> AESGCM:
    return AESGCM(derive(key, salt, b"stream", 32))


def nonce_of(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(COUNTER_BYTES, "big") + bytes([is_last])


def pieces_of(chunks: Iterable[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """Cut a stream anew into pieces of one size; says with each whether it is the last.

    An empty stream is one empty piece.
    """
    rest = b""
    for chunk in chunks:
        rest += chunk
        while len(rest) > size:
            yield rest[:size], False
            rest = rest[size:]
    yield rest, True


def seal(chunks: Iterable[bytes], key: str) -> Iterator[bytes]:
    """Encrypt a stream, piece by piece.

    :param key: of the installation, as a text.
    """
    salt = urandom(SALT_BYTES)
    head = MARK + key_id(key) + salt
    cipher = cipher_of(key, salt)
    yield head
    for number, (piece, is_last) in enumerate(pieces_of(chunks, PIECE)):
        yield cipher.encrypt(nonce_of(number, is_last=is_last), piece, head)


def unseal(file: BinaryIO, key: str) -> Iterator[bytes]:
    """Decrypt what `seal` has made; each piece that comes is as it was written.

    Whether the end is there is known at the end: read on before anything is done.

    :raises BackupFault: another key, not a backup, damaged or cut off.
    """
    head = file.read(len(MARK) + KEY_ID_BYTES + SALT_BYTES)
    if not head.startswith(MARK):
        raise BackupFault("is not a backup of this program")
    made_with, salt = head[len(MARK) : -SALT_BYTES], head[-SALT_BYTES:]
    if len(head) < len(MARK) + KEY_ID_BYTES + SALT_BYTES:
        raise BackupFault(DAMAGED)
    if made_with != key_id(key):
        raise BackupFault("was made with another key than BACKUP_KEY")
    cipher = cipher_of(key, salt)
    read = iter(lambda: file.read(PIECE + TAG_BYTES), b"")
    for number, (piece, is_last) in enumerate(pieces_of(read, PIECE + TAG_BYTES)):
        try:
            yield cipher.decrypt(nonce_of(number, is_last=is_last), piece, head)
        except InvalidTag:
            raise BackupFault(DAMAGED) from None
