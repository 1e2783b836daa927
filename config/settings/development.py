"""Settings for work on this machine: DEBUG, known secrets, `.env` is read."""

from config.environment import DevelopmentEnvironment, read_environment
from config.logs import configure_logs
from config.settings.base import *  # noqa: F403 - a settings module is its names
from config.settings.base import INSTALLED_APPS, ROOT, settings_from

environment = read_environment(DevelopmentEnvironment, _env_file=ROOT / ".env")
globals().update(settings_from(environment))
INSTALLED_APPS = [*INSTALLED_APPS, "demo"]
STYLE_GUIDE = True
LOGGING = configure_logs(
    environment.log_level, as_json=False, sentry_dsn=environment.sentry_dsn
)
