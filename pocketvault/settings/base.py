"""Settings for every deployment. What differs between deployments comes from ``env``."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from kombu import Queue

from pocketvault.kernel import headers
from pocketvault.settings import agents, backends, env, safety

# Whatever this service writes, to a database, a folder or a log, is for its own account only.
os.umask(0o077)

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(env.text("VAR_DIR") or BASE_DIR / "var")

DEBUG = False
SECRET_KEY = safety.secret(
    "SECRET_KEY", env.text("SECRET_KEY") or env.secret_kept_in(VAR_DIR / "keys" / "secret.key")
)
# Salts of addresses are a keyed hash. Changing this changes what strangers are told, and
# nothing for accounts that exist: they keep theirs.
SALT_PEPPER = safety.secret(
    "SALT_PEPPER",
    env.text("SALT_PEPPER") or env.secret_kept_in(VAR_DIR / "keys" / "salt.key"),
    unlike=SECRET_KEY,
)

# What the key is made of by which push services know who asks (pocketvault/kernel/vapid.py).
PUSH_KEY = safety.secret(
    "PUSH_KEY", env.text("PUSH_KEY") or env.secret_kept_in(VAR_DIR / "keys" / "push.key"),
    unlike=SECRET_KEY,
)

# Where people reach the vault. Cookies, links in mails and passkeys are bound to it.
PUBLIC_URL = safety.public_url(env.text("PUBLIC_URL") or "http://localhost:8000")
IS_LOOPBACK = safety.is_loopback(urlsplit(PUBLIC_URL).hostname or "")
# Where strangers look at what people publish. Empty: there are no public profiles here.
PROFILES_URL = safety.profiles_url(env.text("PROFILES_URL"), vault=PUBLIC_URL)
ALLOWED_HOSTS = [
    *(urlsplit(url).hostname or "localhost" for url in (PUBLIC_URL, PROFILES_URL) if url),
    *env.words("ALLOWED_HOSTS"),
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
TRUSTED_PROXIES = env.words("TRUSTED_PROXIES")
# Who is asked in robots.txt to stay away. The list of this release, unless a newer one is named.
AI_AGENTS = agents.agents_in(
    env.text("AI_AGENTS") or (BASE_DIR / "pocketvault/machines/agents.txt").read_text()
)
# Who is asked whose machine an address is; None: whom this machine asks.
DNS_RESOLVER = backends.resolver(env.text("DNS_RESOLVER"))
# Where a process of its own tells numbers to Prometheus; None: nowhere.
METRICS_BIND = backends.metrics_bind(env.text("METRICS_BIND"))
# As many requests as one web process has in hand; most of them wait for somebody.
WEB_THREADS = env.number("WEB_THREADS", default=64, at_least=8)

# Dependency order, lowest first. tests/architecture/test_layers.py enforces it.
VAULT_APPS = ["accounts", "images", "sharing", "rights"]
INSTALLED_APPS = [
    "pocketvault.desk.config.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_ratelimit",
    "pocketvault.kernel",
    *VAULT_APPS,
    "pocketvault.operating",
]
MIDDLEWARE = [
    "pocketvault.kernel.network.ClientAddressMiddleware",
    "pocketvault.kernel.headers.SecurityHeadersMiddleware",
    "pocketvault.kernel.network.TlsOnlyMiddleware",
    "pocketvault.kernel.standstill.StandstillMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pocketvault.kernel.languages.SpokenLanguageMiddleware",
    # What follows is for the vault's host alone: there are no sessions on the public one.
    "pocketvault.public_origin.PublicOriginMiddleware",
    "accounts.middleware.KeptCookieMiddleware",
    "django.middleware.common.CommonMiddleware",
    "pocketvault.kernel.small_forms.NoFilesMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.AccountSessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

AUTH_USER_MODEL = "accounts.Account"
ROOT_URLCONF = "pocketvault.urls"
PUBLIC_URLCONF = "pocketvault.public_urls"
WSGI_APPLICATION = "pocketvault.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
# English is what the sources say; every other language is a folder with its catalogues.
LANGUAGE_CODE = "en-gb"
LOCALE_PATHS = [BASE_DIR / "locale", *(Path(each) for each in env.words("LOCALE_DIRS"))]
LANGUAGES = [(LANGUAGE_CODE, "English"), *env.languages_in(LOCALE_PATHS)]
# What a person chose in the settings, for this browser; without it the browser's own choice counts.
LANGUAGE_COOKIE_NAME = "__Host-language"

DATABASES = {"default": backends.database(env.text("DATABASE_URL"), var=VAR_DIR)}
CACHES = {"default": backends.cache(env.text("REDIS_URL"), var=VAR_DIR)}
BLOBS = backends.blobs(env.text("BLOB_URL"), var=VAR_DIR)
# A second store with a copy of every photo, from which a damaged one is mended; or None.
BLOBS_COPY = backends.blobs_copy(env.text("BLOB_COPY_URL"), first=BLOBS, var=VAR_DIR)
ACCEL_REDIRECT_PREFIX = backends.accel_prefix(env.text("ACCEL_REDIRECT_PREFIX"), blobs=BLOBS)
vars().update(backends.broker(env.text("REDIS_URL")))
vars().update(backends.email(env.text("EMAIL_URL"), var=VAR_DIR))
REDIS_URL = env.text("REDIS_URL")
ALARM_EMAILS = [each.lower() for each in env.words("ALARM_EMAIL")]
IS_EMBEDDED_WORKER = REDIS_URL is None
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM") or "PocketVault <vault@localhost>"

# Celery carries only a job's id; the row is the truth. See kernel/work.py.
# One queue for each of kernel.work's lanes; a worker that is told no queue reads all of them.
CELERY_TASK_DEFAULT_QUEUE = "prompt"
CELERY_TASK_QUEUES = [Queue(lane) for lane in ("prompt", "awaited", "slow", "outward")]
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "kernel.tick", "schedule": timedelta(seconds=10)},
}

# Epoch keys live outside the database, each in every one of these folders.
EPOCH_KEY_DIRS = safety.epoch_folders(
    [Path(p) for p in env.words("EPOCH_KEY_DIRS")]
    or [VAR_DIR / "keys" / "epochs", VAR_DIR / "keys" / "epochs-copy"],
    is_here=IS_LOOPBACK,
)
# Each backup lies in every one of these folders; the word "none" alone: there are none.
BACKUP_DIRS = safety.backup_folders(env.words("BACKUP_DIRS"), default=VAR_DIR / "backups")
# So does the key that signs the public log, and what of the log must outlive a database.
LOG_DIRS = [Path(p) for p in env.words("LOG_DIRS")] or [
    VAR_DIR / "keys" / "log",
    VAR_DIR / "keys" / "log-copy",
]
# Every version of the privacy policy, one file each.
POLICY_DIR = Path(env.text("POLICY_DIR") or BASE_DIR / "rights" / "policies")
UPLOAD_LIMIT_BYTES = env.number("UPLOAD_LIMIT_MIB", default=4096, at_least=1) * 2**20
# Any batch of ordinary size fits; ciphertext of photos never comes as JSON.
JSON_LIMIT_BYTES = 8 * 2**20
# A photo that comes in with one request. A cut loses no more of it than a chunk of an upload.
WHOLE_PHOTO_BYTES = 8 * 2**20
QUOTA_BYTES = env.number("QUOTA_GB", default=100, at_least=1) * 10**9
# Whose holidays move the date by which a request must be answered: two letters (ISO 3166).
HOLIDAYS_COUNTRY = backends.country(env.text("HOLIDAYS_COUNTRY"))
# Where mails with requests come in: imaps://..., maildir:///... or None, and nobody looks.
REQUESTS_MAILBOX = backends.mailbox(env.text("REQUESTS_MAILBOX_URL"))
# At which answers of hosts come into that mailbox, each case with a token behind a plus sign; and
# the server whose results of checking mail are believed. Empty: answers come in as requests.
REPLIES_ADDRESS = backends.replies(env.text("REPLIES_ADDRESS"), REQUESTS_MAILBOX)
REPLIES_AUTHSERV_ID = env.text("REPLIES_AUTHSERV_ID") or ""
# Who stamps evidence with the time (RFC 3161), and whom their certificates lead to; or None.
TSA = backends.authority_of_time(env.text("TSA_URL"), env.text("TSA_ROOTS"))
# A browser that draws fetched pages as evidence, or None: then people upload what they saw.
EVIDENCE_BROWSER = backends.program("EVIDENCE_BROWSER", env.text("EVIDENCE_BROWSER"))
# How long an owner can stop what their recovery contacts were asked for.
RECOVERY_NOTICE_HOURS = env.number("RECOVERY_NOTICE_HOURS", default=72, at_least=24)

# How long a session lasts that is used every day; then the device signs in again.
BROWSER_SESSION_DAYS = env.number("BROWSER_SESSION_DAYS", default=90, at_least=1)
APP_SESSION_DAYS = env.number("APP_SESSION_DAYS", default=365, at_least=1)
SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = int(timedelta(days=30).total_seconds())
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "pocketvault.api.refuse_forged_request"
SECURE_SSL_REDIRECT = not IS_LOOPBACK
SECURE_HSTS_SECONDS = 0 if IS_LOOPBACK else int(timedelta(days=730).total_seconds())
SECURE_HSTS_INCLUDE_SUBDOMAINS = not IS_LOOPBACK
SECURE_HSTS_PRELOAD = not IS_LOOPBACK
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SILENCED_SYSTEM_CHECKS = [
    "django_ratelimit.W001",  # our SQLite counters are atomic: tests/contracts prove it
    # SecurityHeadersMiddleware sends what SecurityMiddleware and XFrameOptionsMiddleware would.
    "security.W001",
    "security.W002",
]

# What signs in is the auth key, 256 random-looking bits that Argon2id already hardened in
# the browser; Django's hasher is the second lock, for a stolen database.
PASSWORD_HASHERS = ["accounts.hashers.BoundedArgon2PasswordHasher"]
# Each of these takes about 100 MiB while it runs, in each web process.
AUTH_HASHES_AT_ONCE = env.number("AUTH_HASHES_AT_ONCE", default=2, at_least=1)

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static" / "collected"
STATICFILES_DIRS = [BASE_DIR / "static" / "dist"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ADD_HEADERS_FUNCTION = headers.add_static_headers
WHITENOISE_MIMETYPES = {".webmanifest": "application/manifest+json"}
WHITENOISE_IMMUTABLE_FILE_TEST = r"-[0-9A-Z]{8}\."

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "pocketvault.kernel.templatetags.assets",
                "pocketvault.kernel.templatetags.languages",
                "pocketvault.kernel.templatetags.reserving",
            ],
            "libraries": {"desk": "pocketvault.desk.forms"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.BearerAuthentication",
        "accounts.api.authentication.CookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["pocketvault.kernel.rendering.FastJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["pocketvault.kernel.json_body.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "pocketvault.api.respond_to_error",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "PocketVault",
    "DESCRIPTION": "A photo vault that only its owner can open.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "pocketvault.api.describe_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "SessionKindEnum": "accounts.models.account_session.SessionKind",
        "SecondFactorMethodEnum": "accounts.models.challenge.SecondFactorMethod",
        "GroupRoleEnum": "sharing.models.group.GroupRole",
        "GivenGroupRoleEnum": "sharing.api.serializers.groups.GIVEN_ROLES",
        "GrantRoleEnum": "sharing.models.album.GrantRole",
        "AlbumRoleEnum": "sharing.access.ROLES",
        "ReceiptKindEnum": "rights.models.receipt.ReceiptKind",
        "RequestRegimeEnum": "rights.models.requests.RequestRegime",
        "RequestKindEnum": "rights.models.requests.RequestKind",
        "RequestStateEnum": "rights.models.requests.RequestState",
        "RequestChannelEnum": "rights.models.requests.RequestChannel",
        "DataClassEnum": "rights.models.legal.DataClass",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "pocketvault.kernel.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Django's request logger prints paths, which hold ids and tokens.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        # Prints whatever host name a stranger sent.
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
    },
}
