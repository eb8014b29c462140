"""The WSGI application that `troth serve` runs, one in each of its processes."""

import os

from django.core.wsgi import get_wsgi_application

from troth.work.process import harden
from troth.work.reporting import install_hooks

harden()
install_hooks()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "troth.config.settings")
application = get_wsgi_application()
