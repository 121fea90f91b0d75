"""Settings: from the environment and MINGPU_HOME, nothing else. One process serves one zone."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from mingpu.home import former, home, port, secret, socket_folder

HOME = home()
PORT = port()
ZONE = os.environ.get("MINGPU_ZONE", "storefront")
PRODUCTION = os.environ.get("MINGPU_ENV") == "production"
PUBLIC_ADDRESS = os.environ.get("MINGPU_PUBLIC_ADDRESS") or f"http://127.0.0.1:{PORT}"
COOLING_OFF_DAYS = int(os.environ.get("MINGPU_COOLING_OFF_DAYS") or 7)
# How long a package for another mall waits, so that its person can stop one they did not ask for.
TRANSFER_HOLD_HOURS = float(os.environ.get("MINGPU_TRANSFER_HOLD_HOURS") or 24)
UNPAID_MINUTES = int(os.environ.get("MINGPU_UNPAID_MINUTES") or 30)
RECEIPT_DAYS = int(os.environ.get("MINGPU_RECEIPT_DAYS") or 7)
# Messages with codes a day, for opening accounts and for everything else each: the most they can cost.
CODES_A_DAY = int(os.environ.get("MINGPU_CODES_A_DAY") or 20_000)
# From how many networks in a day a search is counted at all; the statement says ten, so it may only be more.
COUNTED_FROM = max(10, int(os.environ.get("MINGPU_COUNTED_FROM") or 10))

DEBUG = False
SECRET_KEY = secret("common", "django")
SECRET_KEY_FALLBACKS = former("common", "django")  # what was signed before `mingpu keys renew` still counts
ALLOWED_HOSTS = [urlsplit(PUBLIC_ADDRESS).hostname or "127.0.0.1", "127.0.0.1", "localhost"]
BLIND_INDEX_KEY = secret("common", "blind_index")
KEY_STORE = HOME / "keys" / "keys.sqlite3"
JOURNAL = Path(os.environ.get("MINGPU_JOURNAL") or HOME / "journal")
KEY_BACKUPS = Path(os.environ.get("MINGPU_KEY_BACKUPS") or HOME / "key-backups")
KEY_ENCRYPTION_KEY = secret("kek", "key")
INDEX_PATH = HOME / "index"
EXPORTS_PATH = HOME / "exports"
MEDIA_ROOT = HOME / "media"
MEDIA_URL = "/media/"

ROOMS = [
    "privacy", "statistics", "deletion", "merchants", "catalog", "accounts", "notices", "personalise", "promotions", "wallet", "cart", "orders",
    "search", "payments", "delivery", "invoices", "virtual", "service", "governance", "rights", "desk",
]  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    *[f"mingpu.{room}" for room in ROOMS],
    "mingpu.web",
]


def _database() -> dict[str, Any]:
    """Return the connection of this process's zone; `owner` connects as the administrator, acting as owner.

    DATABASE_URL names an administrator's login on another server; the zones use that server with their own.
    """
    url = os.environ.get("DATABASE_URL")
    parts = urlsplit(url or "")
    it: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("MINGPU_DATABASE") or parts.path.lstrip("/") or "mingpu",
        "HOST": parts.hostname or str(socket_folder()),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 3},
    }
    if ZONE == "owner":
        it["USER"] = unquote(parts.username or "postgres")
        it["PASSWORD"] = unquote(parts.password or "") if url else secret("admin", "password")
        it["OPTIONS"]["options"] = "-c role=mingpu_owner -c lock_timeout=4000"
    else:
        it["USER"] = f"zone_{ZONE}"
        it["PASSWORD"] = secret(f"zone-{ZONE}", "password")
        it["OPTIONS"]["options"] = "-c statement_timeout=15000 -c lock_timeout=4000"
    return it


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ROOT_URLCONF = "mingpu.desk.urls" if ZONE == "desk" else "mingpu.urls"
WSGI_APPLICATION = "mingpu.wsgi.application"
MIDDLEWARE = [
    "mingpu.web.middleware.Guard",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "mingpu.web.context.mall",
            ],
            "builtins": [
                "mingpu.web.templatetags.mall",
                "mingpu.web.templatetags.goods",
                "django.templatetags.static",
            ],
        },
    }
]

LANGUAGE_CODE = "zh-hans"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
# Files get names by content once they are collected, which `make run` does in a process of this zone.
COLLECTED = ZONE == "pages" or (STATIC_ROOT / "staticfiles.json").exists()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not COLLECTED

DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
# Photos and videos stay in memory until they are sealed: no copy of them lies open in a temporary folder.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 21 * 1024 * 1024
SECURE = PUBLIC_ADDRESS.startswith("https://")
# Browsers take a cookie of such a name from this host alone, over TLS: no neighbour and no subdomain can plant one.
COOKIE_PREFIX = "__Host-" if SECURE else ""
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "mingpu.web.failures.csrf"
X_FRAME_OPTIONS = "DENY"

# Only the worker runs jobs; a command that adds none of its own need not import what they import.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs" if ZONE == "worker" else "no_jobs"
PROCRASTINATE_IMPORT_PATHS: list[str] = []

# Nothing personal reaches a log: requests are written by route name, never with query or body, and errors
# without local variables.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "mingpu": {"level": "INFO"},
        "django.db.backends": {"level": "ERROR"},
        # Refusals are answered, not logged: Django's lines would hold the address asked for.
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "CRITICAL"},
        "httpx": {"level": "WARNING"},  # below that it names addresses, and WeChat wants secrets in one
        "fido2": {"level": "WARNING"},  # below that it names passkeys
    },
}

# The outside world: counterparts on this machine, or the real providers named in secrets/providers.json.
COUNTERPARTS = os.environ.get("MINGPU_COUNTERPARTS", "off" if PRODUCTION else "on").lower() in {
    "on",
    "1",
    "yes",
}
if COUNTERPARTS and PRODUCTION:
    raise ImproperlyConfigured("counterparts are play; MINGPU_ENV=production refuses them")
if (
    COUNTERPARTS
):  # they are on this machine; one of the providers' clients would ask a proxy for it all the same
    for proxy in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        os.environ.pop(proxy, None)
COUNTERPARTS_PORT = PORT + 1
SMTP_PORT = int(os.environ.get("MINGPU_SMTP_PORT") or PORT + 25)

# An embedding model on this machine, for recall by meaning; none by default. An address elsewhere is refused at the start.
EMBEDDINGS_URL = os.environ.get("MINGPU_EMBEDDINGS_URL") or ""
EMBEDDINGS_MODEL = os.environ.get("MINGPU_EMBEDDINGS_MODEL") or ""
EMBEDDINGS_DIMENSIONS = int(os.environ.get("MINGPU_EMBEDDINGS_DIMENSIONS") or 0)
EMBEDDINGS_SECONDS = int(os.environ.get("MINGPU_EMBEDDINGS_BUDGET_MS") or 40) / 1000
EMBEDDINGS_LEAST = float(os.environ.get("MINGPU_EMBEDDINGS_LEAST") or 0.6)  # similarity of a neighbour
