"""All clients of the tests share one chain of middleware, as do a server's requests.

Django builds one for each client, and a test has several: 3 % of the time of tests.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import UserSettingsHolder, settings
from django.test.client import ClientHandler

# What Django's `load_middleware` sets.
BUILT = (
    "_view_middleware",
    "_template_response_middleware",
    "_exception_middleware",
    "_middleware_chain",
)
# What a holder of changed settings has beside them.
OWN = {"SETTINGS_MODULE", "_deleted", "default_settings"}


@contextmanager
def shared_middleware() -> Iterator[None]:
    """Build it once for each way in which tests change settings: it may read them."""
    build = ClientHandler.load_middleware
    chains: dict[str, dict[str, Any]] = {}

    def load_middleware(handler: Any) -> None:
        changed = changed_settings()
        if changed not in chains:
            build(handler)
            chains[changed] = {name: getattr(handler, name) for name in BUILT}
        vars(handler).update(chains[changed])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientHandler, "load_middleware", load_middleware)
        yield


def changed_settings() -> str:
    """What tests have made of the settings for now."""
    changed: dict[str, Any] = {}
    holder = settings._wrapped
    while isinstance(holder, UserSettingsHolder):
        for name in holder._deleted:
            changed.setdefault(name, "deleted")
        for name, value in vars(holder).items():
            if name not in OWN:
                changed.setdefault(name, value)
        holder = holder.default_settings
    return repr(sorted(changed.items()))
