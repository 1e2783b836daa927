"""The settings of an installation, read from the environment and checked at once."""

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Any, Literal, Self

from django.core.exceptions import ImproperlyConfigured
from pydantic import (
    BeforeValidator,
    Field,
    PostgresDsn,
    RedisDsn,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def split_list(value: object) -> object:
    """Read "a, b" as a list, the way environment variables usually hold one."""
    if not isinstance(value, str):
        return value
    return [item.strip() for item in value.split(",") if item.strip()]


Names = Annotated[list[str], NoDecode, BeforeValidator(split_list)]
Secrets = Annotated[list[SecretStr], NoDecode, BeforeValidator(split_list)]
Networks = Annotated[
    list[IPv4Network | IPv6Network], NoDecode, BeforeValidator(split_list)
]
# HMAC-SHA-256 keys shorter than the hash weaken it (RFC 7518, section 3.2).
SigningKey = Annotated[SecretStr, Field(min_length=32)]


class Environment(BaseSettings):
    """Everything that may differ between installations; all faults are named at once.

    The meaning of each is in the README's table of settings.
    """

    model_config = SettingsConfigDict(extra="ignore", env_file_encoding="utf-8")

    debug: bool = False
    secret_key: SigningKey
    jwt_signing_key: SigningKey
    jwt_previous_keys: Secrets = []
    allowed_hosts: Names = []
    database_url: PostgresDsn
    redis_url: RedisDsn
    cors_allowed_origins: Names = []
    csrf_trusted_origins: Names = []
    trusted_proxies: Networks = []
    care_consent: Literal["required", "not-required"] | None = None
    access_token_lifetime: timedelta = timedelta(minutes=5)
    refresh_token_lifetime: timedelta = timedelta(days=1)
    hsts_seconds: Annotated[int, Field(ge=0)] = 31_536_000
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @model_validator(mode="after")
    def name_the_hosts(self) -> Self:
        if not self.debug and not self.allowed_hosts:
            raise ValueError("ALLOWED_HOSTS: required when DEBUG is off")
        return self

    @property
    def consent_required(self) -> bool:
        """Whether a doctor's request waits for the patient; closed unless in DEBUG."""
        if self.care_consent is None:
            return not self.debug
        return self.care_consent == "required"


class DevelopmentEnvironment(Environment):
    """On a developer's machine DEBUG is on, and known secrets do."""

    debug: bool = True
    secret_key: SigningKey = SecretStr("development-only-secret-key-0123456789")
    jwt_signing_key: SigningKey = SecretStr("development-only-signing-key-0123456789")
    allowed_hosts: Names = ["localhost", "127.0.0.1", "[::1]"]

    @model_validator(mode="after")
    def need_real_secrets_without_debug(self) -> Self:
        missing = {"secret_key", "jwt_signing_key"} - self.model_fields_set
        if missing and not self.debug:
            names = " and ".join(sorted(missing)).upper()
            raise ValueError(f"{names}: no default when DEBUG is off")
        return self


def read_environment(
    kind: type[Environment] = Environment, **options: Any
) -> Environment:
    """Read and check the settings; `options` win over the environment.

    :param kind: which class, and with it which defaults.

    :raises ImproperlyConfigured: names every setting that is missing or wrong, and
        shows no value: a wrong secret is still a secret.
    """
    try:
        return kind(**options)
    except ValidationError as error:
        faults = [describe(fault) for fault in error.errors(include_input=False)]
        raise ImproperlyConfigured("Settings:\n  " + "\n  ".join(faults)) from None


def describe(fault: Any) -> str:
    name = ".".join(str(part) for part in fault["loc"]).upper()
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{name}: {message}" if name else message
