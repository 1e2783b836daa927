"""The layout of an archive: file names and limits, for writing and reading."""

import re

FORMAT = "health-record-archive"
FILE_NAME = "account-export.zip"  # a name that tells nothing to who sees the folder

MANIFEST, SCHEMA, INDEX = "manifest.json", "schema.json", "index.html"
SINGLE = ("account", "care")
# Parts of which there may be many, and what their list is called.
SERIES = {
    "records": "records",
    "notifications": "notifications",
    "access-log": "entries",
}
PART_BYTES = 8 * 1024 * 1024  # a part is closed when it has grown beyond

# What a reader takes; far beyond what a person's account is.
MOST_ARCHIVE_BYTES = 1024**3
MOST_MEMBER_BYTES = 128 * 1024**2
MOST_BYTES = 4 * 1024**3
MOST_MEMBERS = 2_000

PART_NAME = re.compile(
    rf"(?:(?:{'|'.join(SINGLE)})|(?:{'|'.join(SERIES)})-[0-9]{{4}})\.(?:json|html)"
)


def is_known(name: str) -> bool:
    """Whether an archive may have a member of this name."""
    return name in {MANIFEST, SCHEMA, INDEX} or bool(PART_NAME.fullmatch(name))


def series_name(kind: str, number: int) -> str:
    return f"{kind}-{number:04}"
