"""Settings of the test suite: cheap passwords, no manifest, a data folder of the run's own; everything else as in
production.
"""

import os
import tempfile

if "FIRSTLINE_TEST_RUN" not in os.environ:  # the run's first process; xdist's workers inherit the name
    os.environ["FIRSTLINE_TEST_RUN"] = tempfile.mkdtemp(prefix=f"firstline-run-{os.getpid()}-")
    os.environ["FIRSTLINE_HOME"] = os.environ["FIRSTLINE_TEST_RUN"]
    os.environ["FIRSTLINE_ALLOW_ROOT"] = "1"

from firstline.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
BASE_URL = "http://testserver"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
DNS_RESOLVER = ""
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405  # whitenoise looks for it
