"""The settings of an installation, read from the environment and checked at once."""

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Annotated, Any, Literal

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    RedisDsn,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from config.mail_settings import fault_of_sender, read_email_url, read_mail_sender
from config.network_addresses import (
    read_allowed_host,
    read_database_hosts,
    read_network,
    read_origin,
    read_public_url,
    read_redis_url,
)
from config.weak_secrets import (
    KEYS,
    SHORTEST_KEY,
    fault_of_key,
    fault_of_password,
    fault_of_public_key,
    fault_of_url,
    repeated,
)


def split_list(value: object) -> object:
    """Read "a, b" as a list, the way environment variables usually hold one."""
    if not isinstance(value, str):
        return value
    return [item.strip() for item in value.split(",") if item.strip()]


def read_database_url(value: str) -> str:
    """Take every address that libpq takes, one of a socket's folder included."""
    try:
        parts = conninfo_to_dict(value)
    except ProgrammingError:
        parts = {}
    if not (value.startswith(("postgresql://", "postgres://")) and parts.get("dbname")):
        raise ValueError("not a valid address, such as postgresql://user@host/database")
    read_database_hosts(str(parts.get("host") or ""))
    return value


def as_list(keys: SecretStr | list[SecretStr]) -> list[SecretStr]:
    return keys if isinstance(keys, list) else [keys]


def raise_fault(fault: str | Literal[False] | None) -> None:
    """:raises ValueError: there is a fault."""
    if fault:
        raise ValueError(fault)


def read_seconds(value: object) -> object:
    """Take "300" as seconds, beside what ISO 8601 has ("PT5M")."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def read_metrics_host(value: str) -> str:
    """Take an IP address, as `HOST` of the web server does."""
    try:
        return str(ip_address(value))
    except ValueError:
        raise ValueError("not an IP address, such as 127.0.0.1") from None


A_YEAR = 31_536_000  # seconds
MIB = 1024 * 1024  # bytes; no single text is as long
Duration = Annotated[timedelta, BeforeValidator(read_seconds), Field(gt=timedelta(0))]
Names = Annotated[list[str], NoDecode, BeforeValidator(split_list)]
Host = Annotated[str, AfterValidator(read_allowed_host)]
Hosts = Annotated[list[Host], NoDecode, BeforeValidator(split_list)]
Origin = Annotated[str, AfterValidator(read_origin)]
Origins = Annotated[list[Origin], NoDecode, BeforeValidator(split_list)]
Network = Annotated[IPv4Network | IPv6Network, PlainValidator(read_network)]
Networks = Annotated[list[Network], NoDecode, BeforeValidator(split_list)]
# Ed25519 public keys as `manage.py verify_ledger` prints them.
PublicKey = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
PublicKeys = Annotated[list[PublicKey], NoDecode, BeforeValidator(split_list)]
Key = Annotated[SecretStr, Field(min_length=SHORTEST_KEY)]
SigningKey = Annotated[Key, Field(validate_default=True)]
SigningKeys = Annotated[list[Key], NoDecode, BeforeValidator(split_list)]
PublicUrl = Annotated[str, AfterValidator(read_public_url)]
MailServer = Annotated[
    SecretStr, AfterValidator(read_email_url), Field(validate_default=True)
]
Switch = Literal["on", "off"]
KNOWN_SECRET_KEY = SecretStr("development-only-secret-key-0123456789")
KNOWN_SIGNING_KEY = SecretStr("development-only-signing-key-0123456789")
KNOWN_LEDGER_KEY = SecretStr("development-only-ledger-key-0123456789")
KNOWN_ENCRYPTION_KEY = SecretStr("development-only-encryption-key-0123456789")


class Environment(BaseSettings):
    """Everything that may differ between installations; all faults are named at once.

    The meaning of each is in docs/settings.md.
    """

    model_config = SettingsConfigDict(extra="ignore", env_file_encoding="utf-8")

    debug: bool = False
    secret_key: SigningKey
    jwt_signing_key: SigningKey
    jwt_previous_keys: SigningKeys = []
    ledger_signing_key: SigningKey
    ledger_previous_public_keys: PublicKeys = []
    encryption_key: SigningKey
    encryption_previous_keys: SigningKeys = []
    public_url: PublicUrl
    email_url: MailServer
    email_from: Annotated[str, AfterValidator(read_mail_sender)]
    allowed_hosts: Annotated[Hosts, Field(validate_default=True)] = []
    database_url: Annotated[str, AfterValidator(read_database_url)]
    database_pooler: Literal["transaction", "none"] = "none"
    redis_url: Annotated[RedisDsn, AfterValidator(read_redis_url)]
    cors_allowed_origins: Origins = []
    csrf_trusted_origins: Origins = []
    trusted_proxies: Networks = []
    care_consent: Literal["required", "not-required"] | None = None
    emergency_access: Switch = "off"
    emergency_access_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 60
    address_cooling_days: Annotated[int, Field(ge=1, le=90)] = 7
    doctor_mfa_required: Switch | None = None
    account_entries_per_day: Annotated[int, Field(ge=1)] = 1_000
    account_bytes_per_day: Annotated[int, Field(ge=MIB)] = 20 * MIB
    account_entries: Annotated[int, Field(ge=1)] = 100_000
    account_bytes: Annotated[int, Field(ge=MIB)] = 256 * MIB
    account_seconds_per_hour: Annotated[int, Field(ge=1)] = 300
    access_token_lifetime: Duration = timedelta(minutes=5)
    refresh_token_lifetime: Duration = timedelta(days=1)
    hsts_seconds: Annotated[int, Field(ge=0)] = A_YEAR
    hsts_subdomains: Switch = "off"
    hsts_preload: Switch = "off"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    slow_statement_ms: Annotated[int, Field(ge=0)] = 500
    metrics_port: Annotated[int, Field(ge=0, le=65_535)] = 0
    metrics_host: Annotated[str, AfterValidator(read_metrics_host)] = "127.0.0.1"
    metrics_directory: str = ""

    # Validators of fields and not of the model, which would only be asked when every
    # field is right, and so name its faults at the next start.
    @field_validator("allowed_hosts")
    @classmethod
    def need_hosts_without_debug(
        cls, hosts: list[str], info: ValidationInfo
    ) -> list[str]:
        if not hosts and not info.data.get("debug"):
            raise ValueError("required when DEBUG is off")
        return hosts

    @field_validator(*(name.lower() for name in KEYS))
    @classmethod
    def need_keys_of_ones_own(
        cls, keys: SecretStr | list[SecretStr], info: ValidationInfo
    ) -> SecretStr | list[SecretStr]:
        """See that no key is known or used twice; each setting is compared with those
        before it."""
        if info.data.get("debug"):
            return keys
        used = [
            (name, key.get_secret_value())
            for name in map(str.lower, KEYS)
            for key in as_list(info.data.get(name, []))
        ]
        for key in as_list(keys):
            plain = key.get_secret_value()
            raise_fault(fault_of_key(plain) or repeated(plain, used))
            used.append((str(info.field_name), plain))
        return keys

    @field_validator("ledger_previous_public_keys")
    @classmethod
    def need_public_keys_of_somebody(
        cls, keys: list[str], info: ValidationInfo
    ) -> list[str]:
        for key in keys:
            raise_fault(not info.data.get("debug") and fault_of_public_key(key))
        return keys

    @field_validator("database_url", "redis_url", "email_url")
    @classmethod
    def need_passwords_of_ones_own(cls, url: Any, info: ValidationInfo) -> Any:
        if info.data.get("debug"):
            return url
        if info.field_name == "database_url":
            parts = conninfo_to_dict(url)
            user, password = parts.get("user"), parts.get("password")
            raise_fault(fault_of_password(str(user or ""), str(password or "")))
        else:
            is_secret = isinstance(url, SecretStr)
            raise_fault(fault_of_url(url.get_secret_value() if is_secret else str(url)))
        return url

    @field_validator("email_url")
    @classmethod
    def need_mail_that_leaves(cls, url: SecretStr, info: ValidationInfo) -> SecretStr:
        raise_fault(not info.data.get("debug") and fault_of_sender(url))
        return url

    @field_validator("hsts_preload")
    @classmethod
    def preload_what_lists_take(cls, preload: str, info: ValidationInfo) -> str:
        """Ask for what the list of browsers asks for (https://hstspreload.org)."""
        seconds, subdomains = map(info.data.get, ("hsts_seconds", "hsts_subdomains"))
        if preload == "on" and (subdomains != "on" or (seconds or 0) < A_YEAR):
            raise ValueError(
                f"needs HSTS_SUBDOMAINS=on and HSTS_SECONDS of {A_YEAR} or more"
            )
        return preload

    @property
    def shares_connections(self) -> bool:
        """Whether a pooler lends out connections for one transaction at a time."""
        return self.database_pooler == "transaction"

    @property
    def consent_required(self) -> bool:
        """Whether a doctor's request waits for the patient; closed unless in DEBUG."""
        if self.care_consent is None:
            return not self.debug
        return self.care_consent == "required"

    @property
    def doctors_need_mfa(self) -> bool:
        """Whether doctors need a second factor; they do unless in DEBUG."""
        if self.doctor_mfa_required is None:
            return not self.debug
        return self.doctor_mfa_required == "on"


class DevelopmentEnvironment(Environment):
    """On a developer's machine DEBUG is on, and known secrets do."""

    debug: bool = True
    secret_key: SigningKey = KNOWN_SECRET_KEY
    jwt_signing_key: SigningKey = KNOWN_SIGNING_KEY
    ledger_signing_key: SigningKey = KNOWN_LEDGER_KEY
    encryption_key: SigningKey = KNOWN_ENCRYPTION_KEY
    public_url: PublicUrl = "http://localhost:8000"
    email_url: MailServer = SecretStr("console:")
    email_from: str = "records@localhost"
    allowed_hosts: Hosts = ["localhost", "127.0.0.1", "[::1]"]


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
