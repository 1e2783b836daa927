"""What the environment holds as text, and how each kind of it is read."""

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Annotated, Literal

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    RedisDsn,
    SecretStr,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_settings import NoDecode

from config.mail_settings import read_email_url, read_mail_sender
from config.network_addresses import (
    read_allowed_host,
    read_database_hosts,
    read_network,
    read_origin,
    read_public_url,
    read_redis_url,
)
from config.watching_settings import read_otlp_endpoint, read_sentry_dsn
from config.weak_secrets import SHORTEST_KEY
from phr.core.redis_address import are_sentinels, read_sentinels
from phr.core.time_zones import is_time_zone


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


def read_redis(value: object, read: ValidatorFunctionWrapHandler) -> object:
    """Take the address of Redis, or of Sentinels that know where it is."""
    if isinstance(value, str) and are_sentinels(value):
        read_sentinels(value)
        return value
    return read_redis_url(read(value))


def read_seconds(value: object) -> object:
    """Take "300" as seconds, beside what ISO 8601 has ("PT5M")."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def read_metrics_host(value: str) -> str:
    """Take an IP address, as `HOST` of the web server does."""
    try:
        return str(ip_address(value))
    except ValueError:
        raise ValueError("not an IP address, such as 127.0.0.1") from None


def read_time_zone(value: str) -> str:
    """Take a zone that people can choose, too."""
    if not is_time_zone(value):
        raise ValueError("not a time zone of this machine, such as Europe/Berlin")
    return value


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
MailSender = Annotated[str, AfterValidator(read_mail_sender)]
DatabaseUrl = Annotated[str, AfterValidator(read_database_url)]
RedisUrl = Annotated[RedisDsn, WrapValidator(read_redis)]
MetricsHost = Annotated[str, AfterValidator(read_metrics_host)]
OtlpEndpoint = Annotated[str, AfterValidator(read_otlp_endpoint)]
SentryDsn = Annotated[str, AfterValidator(read_sentry_dsn)]
Switch = Literal["on", "off"]
# In the bar of each page, on a phone too.
TimeZone = Annotated[str, AfterValidator(read_time_zone)]
InstallationName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)
]
