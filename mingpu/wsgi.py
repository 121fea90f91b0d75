"""The WSGI application served by granian."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingpu.settings")
application = get_wsgi_application()
# Import every page now: the first shopper is not to wait for it.
assert get_resolver().url_patterns
# What was loaded stays: looking through hundreds of thousands of such objects for garbage would hold up an answer now
# and then by a tenth of a second.
gc.collect()
gc.freeze()
