"""Settings from files: `SECRET_KEY_FILE=/run/secrets/secret_key`.

Docker, Kubernetes and systemd hand over secrets as files (docs/adr/0073). Whatever is
wrong with one is a `Fault` in the place of the value, so that it is named together with
all other settings that are missing or wrong.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
)

from phr.core.secret_files import ENDING, read_secret


@dataclass(frozen=True)
class Fault:
    """Why there is no value. It does not quote the name of the file, which may be a
    secret that somebody has put into the wrong setting."""

    reason: str


class SettingFiles(PydanticBaseSettingsSource):
    """Each setting whose name with `_FILE` behind it names a file.

    A variable that is empty does not count as set.
    """

    def __init__(
        self, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource
    ) -> None:
        """:param sources: where the names stand; the first that has one decides."""
        super().__init__(settings_cls)
        self.layers: list[Mapping[str, str | None]] = [
            source.env_vars
            for source in sources
            if isinstance(source, EnvSettingsSource)
        ]

    def get_field_value(
        self, field: FieldInfo, field_name: str
    ) -> tuple[Any, str, bool]:
        for layer in self.layers:
            direct = layer.get(field_name)
            file = layer.get(field_name + ENDING.lower())
            if file:
                return self.value(field_name, direct, file), field_name, False
            if direct:
                break
        return None, field_name, False

    def value(self, name: str, direct: str | None, file: str) -> str | Fault:
        setting = f"{name.upper()}{ENDING}"
        if direct:
            return Fault(f"{setting} is set as well: remove one of them")
        try:
            return read_secret(Path(file))
        except ValueError as reason:
            return Fault(f"the file that {setting} names {reason}")

    def found(self) -> Iterator[tuple[str, str | Fault]]:
        for name, field in self.settings_cls.model_fields.items():
            value, key, _ = self.get_field_value(field, name)
            if value is not None:
                yield key, value

    def __call__(self) -> dict[str, Any]:
        return dict(self.found())
