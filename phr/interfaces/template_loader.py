"""Templates are parsed once in each process for each language.

So a tag may put what is the same on each page of a language into the template itself:
see `phr/portal/fixed_tags.py`.
"""

from typing import Any

from django.template.loaders import cached
from django.utils.translation import get_language


class LoaderByLanguage(cached.Loader):
    """Keeps templates that are parsed, apart for each language that is spoken."""

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        return f"{get_language()} {super().cache_key(template_name, skip)}"
