"""The application as WSGI servers call it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

django_application = get_wsgi_application()

from phr.api.hot_reads import HotReads
from phr.core.postgres import timeouts

timeouts.use(timeouts.WEB)
application = HotReads(django_application)
