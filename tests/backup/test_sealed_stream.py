"""What the file of a backup is made of: nothing in it can be changed unseen."""

from io import BytesIO

import pytest

from phr.operations.backup.faults import BackupFault
from phr.operations.backup.sealed_stream import (
    KEY_ID_BYTES,
    MARK,
    PIECE,
    SALT_BYTES,
    TAG_BYTES,
    seal,
    unseal,
)
from tests.backup.conftest import BACKUP_KEY

HEAD = len(MARK) + KEY_ID_BYTES + SALT_BYTES
SEALED = PIECE + TAG_BYTES  # bytes of a piece in the file
PLAIN = bytes(range(256)) * (3 * PIECE // 256) + b"the end"


def sealed(plain: bytes = PLAIN) -> bytes:
    return b"".join(seal([plain], BACKUP_KEY))


def unsealed(content: bytes, key: str = BACKUP_KEY) -> bytes:
    return b"".join(unseal(BytesIO(content), key))


@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_was_sealed_is_read_again_whatever_its_length(length: int) -> None:
    assert unsealed(sealed(PLAIN[:length])) == PLAIN[:length]


def test_nothing_of_the_stream_can_be_read_in_it_and_no_two_are_alike() -> None:
    first, second = sealed(), sealed()

    assert b"the end" not in first
    assert first[HEAD:] != second[HEAD:]


@pytest.mark.parametrize(
    "length", [0, 10, HEAD - 1, HEAD, HEAD + 1, HEAD + SEALED, HEAD + 3 * SEALED, -1]
)
def test_a_stream_that_is_cut_off_anywhere_is_refused(length: int) -> None:
    with pytest.raises(BackupFault, match=r"not a backup|damaged or incomplete"):
        unsealed(sealed()[:length])


@pytest.mark.parametrize(
    "place", [len(MARK) + KEY_ID_BYTES, HEAD, HEAD + SEALED, HEAD + 3 * SEALED, -1]
)
def test_a_stream_in_which_one_bit_has_changed_is_refused(place: int) -> None:
    content = bytearray(sealed())
    content[place] ^= 1

    with pytest.raises(BackupFault, match="damaged or incomplete"):
        unsealed(bytes(content))


def test_pieces_that_are_moved_left_out_repeated_or_added_are_refused() -> None:
    content = sealed()
    head, rest = content[:HEAD], content[HEAD:]
    first, second, third = (rest[n * SEALED :][:SEALED] for n in range(3))
    end = rest[3 * SEALED :]

    for pieces in (
        [second, first, third, end],
        [first, third, end],
        [first, first, second, third, end],
        [first, second, third, end, end],
        [first, second, third, end, b"more"],
    ):
        with pytest.raises(BackupFault, match="damaged or incomplete"):
            unsealed(head + b"".join(pieces))


def test_a_piece_of_another_stream_under_the_same_key_is_refused() -> None:
    ours, theirs = sealed(), sealed()
    mixed = ours[: HEAD + SEALED] + theirs[HEAD + SEALED :]

    with pytest.raises(BackupFault, match="damaged or incomplete"):
        unsealed(mixed)


def test_another_key_is_told_from_a_damaged_file() -> None:
    with pytest.raises(BackupFault, match="made with another key"):
        unsealed(sealed(), BACKUP_KEY + "x")
