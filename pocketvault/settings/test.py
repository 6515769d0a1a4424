"""Settings for the test suite: the same backends, a private folder, cheap hashing."""

import tempfile
from pathlib import Path

from pocketvault.settings import backends, base, env
from pocketvault.settings.base import *  # noqa: F403

VAR_DIR = Path(tempfile.mkdtemp(prefix="pocketvault-test-"))
SECRET_KEY = "only for tests, never for people"  # noqa: S105
DATABASES = {"default": backends.database(env.text("DATABASE_URL"), var=VAR_DIR)}
CACHES = {"default": backends.cache(env.text("REDIS_URL"), var=VAR_DIR)}
BLOBS = backends.blobs(env.text("BLOB_URL"), var=VAR_DIR)
EPOCH_KEY_DIRS = [VAR_DIR / "keys" / "epochs", VAR_DIR / "keys" / "epochs-copy"]
BACKUP_DIRS = [VAR_DIR / "backups"]
LOG_DIRS = [VAR_DIR / "keys" / "log", VAR_DIR / "keys" / "log-copy"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# One cheap Argon2 round: the hasher is the same, only its price differs.
PASSWORD_HASHERS = ["pocketvault.settings.testing_hasher.CheapArgon2PasswordHasher"]
MIDDLEWARE = [
    name.replace(
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "tests.found_files.RememberingWhiteNoiseMiddleware",
    )
    for name in base.MIDDLEWARE
]
# WhiteNoise warns about a folder that is not there, and a warning is an error here.
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir()
if env.text("DATABASE_URL") is None:
    # A file, as in production: Django's in-memory default locks tables between threads.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
