"""Text compared the way people compare it."""

import unicodedata


def fold(*texts: str) -> str:
    """Join texts into one that is compared without regard to case, in any script.

    Done here and not in the database, because what LOWER() makes of a letter outside
    ASCII depends on how a PostgreSQL cluster was initialised. The texts are kept apart
    by a line break, so that a search does not match across two fields.
    """
    joined = "\n".join(texts)
    return unicodedata.normalize(
        "NFKC", unicodedata.normalize("NFKC", joined).casefold()
    )
