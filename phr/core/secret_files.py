"""Files that hold one line: a key, a password, an address with a password in it."""

import re
import stat
from pathlib import Path

# Of a variable that names a file: SECRET_KEY_FILE instead of SECRET_KEY.
ENDING = "_FILE"
LARGEST_FILE = 65_536  # bytes; a list of keys is far shorter
LINE_ENDS = "\r\n"
NOT_IN_A_LINE = re.compile(r"[\x00-\x1f\x7f]")


def read_secret(file: Path) -> str:
    """Read the one line of a file, without the newline at its end.

    :raises ValueError: why there is none, in words that quote neither file nor name.
    """
    content = read_bytes(file)
    try:
        text = content.decode("utf-8-sig").rstrip(LINE_ENDS)
    except UnicodeDecodeError:
        raise ValueError("is not text in UTF-8") from None
    if not text.strip():
        raise ValueError("is empty")
    if NOT_IN_A_LINE.search(text):
        raise ValueError("has more than one line, or control characters")
    return text


def read_bytes(file: Path) -> bytes:
    """:raises ValueError: it cannot be read, or is no file that ends."""
    try:
        if file.is_dir():
            raise ValueError("is a folder")
        if not stat.S_ISREG(file.stat().st_mode):
            raise ValueError("is not a regular file")
        with file.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror})") from None
    if len(content) > LARGEST_FILE:
        raise ValueError(f"has more than {LARGEST_FILE:,} bytes")
    return content
