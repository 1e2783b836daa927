"""Templates are parsed once in each process for each language.

So a tag may put what is the same on each page of a language into the template itself:
see `phr/portal/fixed_tags.py`; and what has been parsed is worth making quicker.
"""

from typing import Any

from django.template import Template
from django.template.loaders import base, cached
from django.utils.translation import get_language

from phr.interfaces.template_nodes import quicken


class QuickLoader(base.Loader):
    """Makes quick what it has parsed, before anybody else has it: threads share it."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template = super().get_template(template_name, skip)
        quicken(template.nodelist)
        return template


class LoaderByLanguage(cached.Loader, QuickLoader):
    """Keeps templates that are parsed, apart for each language that is spoken."""

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        return f"{get_language()} {super().cache_key(template_name, skip)}"
