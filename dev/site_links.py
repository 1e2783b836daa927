"""Has links that leave `docs/` lead to what they name, on the documents' site (MkDocs).

Pages link files of the repository, as people read them there. On the site such a link
is only the name: the file is not part of the site.
"""

import re
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[1] / "docs"
LINK = re.compile(r"\[([^\]]*)\]\(((?:\.\./)+[^)\s#]*)(?:#[^)\s]*)?\)")


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Replace links to files outside of the site by their texts (a hook of MkDocs)."""
    folder = (DOCS / page.file.src_uri).parent

    def text_alone(link: re.Match[str]) -> str:
        target = (folder / link[2]).resolve()
        if target.is_relative_to(DOCS) or not target.is_relative_to(DOCS.parent):
            return link[0]
        name = str(target.relative_to(DOCS.parent))
        return f"`{name}`" if link[1].strip("`") == name else f"{link[1]} (`{name}`)"

    return LINK.sub(text_alone, markdown)
