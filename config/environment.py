"""The settings of an installation, read from the environment and checked at once."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict
from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from config.mail_settings import fault_of_sender
from config.setting_files import Fault, SettingFiles
from config.setting_types import (
    A_YEAR,
    MIB,
    DatabaseUrl,
    Duration,
    Hosts,
    InstallationName,
    Key,
    MailSender,
    MailServer,
    MetricsHost,
    Networks,
    Origins,
    OtlpEndpoint,
    PublicKeys,
    PublicUrl,
    RedisUrl,
    SentryDsn,
    SigningKey,
    SigningKeys,
    Switch,
    TimeZone,
)
from config.weak_secrets import (
    KEYS,
    fault_of_key,
    fault_of_password,
    fault_of_public_key,
    fault_of_url,
    repeated,
)


def as_list(keys: SecretStr | list[SecretStr] | None) -> list[SecretStr]:
    if keys is None:
        return []
    return keys if isinstance(keys, list) else [keys]


def raise_fault(fault: str | Literal[False] | None) -> None:
    """:raises ValueError: there is a fault."""
    if fault:
        raise ValueError(fault)


KNOWN_SECRET_KEY = SecretStr("development-only-secret-key-0123456789")
KNOWN_SIGNING_KEY = SecretStr("development-only-signing-key-0123456789")
KNOWN_LEDGER_KEY = SecretStr("development-only-ledger-key-0123456789")
KNOWN_ENCRYPTION_KEY = SecretStr("development-only-encryption-key-0123456789")

DATABASES = (
    *("database_url", "database_replica_url"),
    *("database_owner_url", "database_admin_url"),
)


class Environment(BaseSettings):
    """Everything that may differ between installations; all faults are named at once.

    The meaning of each is in docs/settings.md.
    """

    model_config = SettingsConfigDict(extra="ignore", env_file_encoding="utf-8")

    debug: bool = False
    secret_key: SigningKey
    secret_previous_keys: SigningKeys = []
    jwt_signing_key: SigningKey
    jwt_previous_keys: SigningKeys = []
    ledger_signing_key: SigningKey
    ledger_previous_public_keys: PublicKeys = []
    encryption_key: SigningKey
    encryption_previous_keys: SigningKeys = []
    backup_key: Key | None = None
    public_url: PublicUrl
    installation_name: InstallationName = "Health Records"
    installation_time_zone: TimeZone = "UTC"
    email_url: MailServer
    email_from: MailSender
    allowed_hosts: Annotated[Hosts, Field(validate_default=True)] = []
    database_url: DatabaseUrl
    database_replica_url: DatabaseUrl | None = None
    database_replica_max_lag: Annotated[int, Field(ge=1, le=300)] = 30
    database_owner_url: DatabaseUrl | None = None
    database_admin_url: DatabaseUrl | None = None
    database_pooler: Literal["transaction", "none"] = "none"
    redis_url: RedisUrl
    cors_allowed_origins: Origins = []
    csrf_trusted_origins: Origins = []
    trusted_proxies: Networks = []
    care_consent: Literal["required", "not-required"] | None = None
    emergency_access: Switch = "off"
    emergency_access_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 60
    address_cooling_days: Annotated[int, Field(ge=1, le=90)] = 7
    session_idle_minutes: Annotated[int, Field(ge=2, le=8 * 60)] = 15
    doctor_mfa_required: Switch | None = None
    account_entries_per_day: Annotated[int, Field(ge=1)] = 1_000
    account_bytes_per_day: Annotated[int, Field(ge=MIB)] = 20 * MIB
    account_entries: Annotated[int, Field(ge=1)] = 100_000
    account_bytes: Annotated[int, Field(ge=MIB)] = 256 * MIB
    account_seconds_per_hour: Annotated[int, Field(ge=1)] = 300
    event_attempts: Annotated[int, Field(ge=1, le=10_000)] = 100
    retain_sign_ins_days: Annotated[int, Field(ge=1, le=3_660)] = 90
    retain_mails_days: Annotated[int, Field(ge=7, le=3_660)] = 90
    retain_events_days: Annotated[int, Field(ge=1, le=90)] = 7
    retain_exports_hours: Annotated[int, Field(ge=1, le=7 * 24)] = 24
    retain_export_rows_days: Annotated[int, Field(ge=7, le=3_660)] = 90
    access_token_lifetime: Duration = timedelta(minutes=5)
    refresh_token_lifetime: Duration = timedelta(days=1)
    hsts_seconds: Annotated[int, Field(ge=0)] = A_YEAR
    hsts_subdomains: Switch = "off"
    hsts_preload: Switch = "off"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    slow_statement_ms: Annotated[int, Field(ge=0)] = 500
    metrics_port: Annotated[int, Field(ge=0, le=65_535)] = 0
    metrics_host: MetricsHost = "127.0.0.1"
    metrics_directory: str = ""
    otel_exporter_otlp_endpoint: OtlpEndpoint = ""
    sentry_dsn: SentryDsn = ""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        files = SettingFiles(settings_cls, env_settings, dotenv_settings)
        return init_settings, files, env_settings, dotenv_settings

    @field_validator("*", mode="before")
    @classmethod
    def need_files_that_can_be_read(cls, value: object) -> object:
        raise_fault(isinstance(value, Fault) and value.reason)
        return value

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
        cls, keys: SecretStr | list[SecretStr] | None, info: ValidationInfo
    ) -> SecretStr | list[SecretStr] | None:
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

    @field_validator(*DATABASES, "redis_url", "email_url")
    @classmethod
    def need_passwords_of_ones_own(cls, url: Any, info: ValidationInfo) -> Any:
        if info.data.get("debug") or not url:
            return url
        if info.field_name in DATABASES:
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
