"""The WSGI application that `troth serve` runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "troth.config.settings")
application = get_wsgi_application()
