"""Settings, all from the environment (docs/reference/settings.md lists them)."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF

from firstline.config import database
from firstline.core import environment, sealing
from firstline.evidence import tokens_known

PACKAGE = Path(__file__).resolve().parents[1]
HOME = environment.home()

PORT = environment.number("FIRSTLINE_PORT", 8000)
SMTP_PORT = environment.number("FIRSTLINE_SMTP_PORT", 2525)
SMTP_HOST = environment.text("FIRSTLINE_SMTP_HOST", "127.0.0.1")
BASE_URL = environment.text("FIRSTLINE_BASE_URL", f"http://localhost:{PORT}").rstrip("/")
_base = urlsplit(BASE_URL)
_loopback = _base.hostname in {"localhost", "127.0.0.1", "::1"}
if _base.scheme not in {"http", "https"} or not _base.hostname:
    raise environment.BadSetting(
        f"FIRSTLINE_BASE_URL must be an address like https://desk.example.com, not {BASE_URL!r}."
    )
if _base.scheme == "http" and not _loopback:
    raise environment.BadSetting("FIRSTLINE_BASE_URL must be https unless the desk runs on localhost.")
CONTENT_URL = environment.text(
    "FIRSTLINE_CONTENT_URL", f"http://127.0.0.1:{_base.port or 80}" if _loopback else ""
).rstrip("/")
SUPPORT_ADDRESS = environment.text("FIRSTLINE_SUPPORT_ADDRESS", "support@localhost")
OUTGOING_SMTP = environment.text("FIRSTLINE_OUTGOING_SMTP")
DNS_RESOLVER = "" if environment.text("FIRSTLINE_DNS") == "off" else "firstline.channels.email.dns.DnsResolver"
AUTHSERV_ID = environment.text("FIRSTLINE_AUTHSERV_ID")
DESK_NAME = environment.text("FIRSTLINE_DESK_NAME", "Firstline")
UNDO_SECONDS = environment.number("FIRSTLINE_UNDO_SECONDS", 10)

SECRET_KEY = sealing.derived("django").hex()
DEBUG = environment.text("FIRSTLINE_DEBUG") == "1"
ALLOWED_HOSTS = [host for host in (_base.hostname, urlsplit(CONTENT_URL).hostname) if host]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
ROOT_URLCONF = "firstline.config.urls"
CONTENT_URLCONF = "firstline.config.urls_content"
ASGI_APPLICATION = "firstline.config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES: dict[str, dict[str, Any]] = {"default": database.from_environment(HOME)}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "csp",
    "django_htmx",
    "template_partials",
    "firstline.core",
    "firstline.events",
    "firstline.accounts",  # before allauth, whose templates it replaces
    "allauth",
    "allauth.account",
    "firstline.contacts",
    "firstline.inboxes",
    "firstline.conversations",
    "firstline.sla",
    "firstline.notifications",
    "firstline.automation",
    "firstline.shifts",
    "firstline.practice",
    "firstline.upstream",
    "firstline.translation",
    "firstline.moderation",
    "firstline.incidents",
    "firstline.paging",
    "firstline.knowledge",
    "firstline.search",
    "firstline.answers",
    "firstline.savings",
    "firstline.gaps",
    "firstline.upkeep",
    "firstline.escalations",
    "firstline.handles",
    "firstline.surveys",
    "firstline.thanks",
    "firstline.quality",
    "firstline.intake",
    "firstline.ledger",
    "firstline.privacy",
    "firstline.operations",
    "firstline.helpcenter",
    "firstline.ask",
    "firstline.config",
]

MIDDLEWARE = [
    "firstline.core.middleware.OriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "firstline.core.middleware.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "firstline.helpcenter.middleware.ReadersLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "firstline.core.context.desk",
            ],
        },
    }
]

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# The address is unique in any case by a functional constraint, which the check cannot see.
SILENCED_SYSTEM_CHECKS = ["auth.W004", "security.W008"]  # W008: TLS ends, and http is redirected, at the proxy in front
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "firstline.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
PASSWORD_RESET_TIMEOUT = 24 * 3600
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/5m/ip,5/5m/key", "reset_password": "5/m/ip,3/m/key"}

# Sessions and cookies (ground.md G8)
_https = _base.scheme == "https"
SESSION_COOKIE_NAME = "__Host-firstline" if _https else "firstline"
CSRF_COOKIE_NAME = "__Host-firstline-csrf" if _https else "firstline-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# Browser policy (trust-and-safety.md 4.3)
SECURE_HSTS_SECONDS = 63072000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SECURE_SSL_REDIRECT = False
# Not no-referrer: browsers then send `Origin: null` with our own forms, which the CSRF check must refuse.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if environment.text("FIRSTLINE_BEHIND_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE, "'strict-dynamic'"],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "frame-src": [CONTENT_URL or NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Limits: 25 MB of attachments with a reply, headers and fields beside it
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 20
ATTACHMENT_MAX_BYTES = 25 * 1024 * 1024
MAIL_ATTACHMENT_LIMIT = environment.number("FIRSTLINE_MAIL_ATTACHMENT_LIMIT", 20) * 1024 * 1024

# Files and static
MEDIA_ROOT = HOME / "files"
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_MAX_AGE = 3600

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [PACKAGE / "locale"]

# Mail that Django itself sends (sign-in links, password resets) goes the way of all outgoing mail.
EMAIL_BACKEND = "firstline.inboxes.mail_backend.DeskBackend"
DEFAULT_FROM_EMAIL = SUPPORT_ADDRESS

# The queue
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

# The wiring tables that lower slices read by name (ground.md G12)
REACTIONS = "firstline.config.reactions.REACTIONS"
# Which of some people are here to take work (conversations asks, shifts answers)
PRESENT = "firstline.shifts.queries.present"
# Of which case type a conversation is and who said so, and what types there are (answers knows)
CASE_OF = "firstline.answers.queries.cases.case_of"
CASE_TYPES = "firstline.answers.case_types.CASE_TYPES"
# Into which language a reply would be translated, and what was translated for a reader (conversations asks)
TRANSLATES_TO = "firstline.translation.queries.translates_to"
RENDERINGS = "firstline.translation.queries.renderings"
MACHINE_NAMES = "firstline.automation.queries.names"
DRAFT_CHECKS = "firstline.config.checks.DRAFT_CHECKS"
PANELS = "firstline.config.panels.PANELS"
PANEL_GATES = "firstline.config.panels.GATES"
# Who says of a message whether it is covered or held before it is stored (conversations calls it, moderation answers)
RAW_OF_MESSAGE = "firstline.intake.actions.opening.raw_of_message"
ARRIVAL_JUDGE = "firstline.moderation.actions.judging.judge"
# Who may look at a covered message now (conversations asks, moderation answers)
REVEAL_GUARD = "firstline.moderation.actions.guarding.guard"

MODELS_FOLDER = Path(environment.text("FIRSTLINE_MODELS", "models")).resolve()

# A language model for drafts, behind an OpenAI-style interface; unset, drafts are composed from the sources alone.
LLM_URL = environment.text("FIRSTLINE_LLM_URL").rstrip("/")
LLM_MODEL = environment.text("FIRSTLINE_LLM_MODEL", "default")
LLM_KEY = environment.text("FIRSTLINE_LLM_KEY")
LLM_PRICE = environment.prices("FIRSTLINE_LLM_PRICE")
if LLM_URL and urlsplit(LLM_URL).scheme not in {"http", "https"}:
    raise environment.BadSetting("FIRSTLINE_LLM_URL must be an address like http://127.0.0.1:11434/v1.")

# A translation service: OpenAI style with a model's name, else LibreTranslate's; unset, nothing is translated.
TRANSLATION_URL = environment.text("FIRSTLINE_TRANSLATION_URL").rstrip("/")
TRANSLATION_MODEL = environment.text("FIRSTLINE_TRANSLATION_MODEL")
TRANSLATION_KEY = environment.text("FIRSTLINE_TRANSLATION_KEY")
if TRANSLATION_URL and urlsplit(TRANSLATION_URL).scheme not in {"http", "https"}:
    raise environment.BadSetting("FIRSTLINE_TRANSLATION_URL must be an address like https://translate.example.com.")

# The operator's own tokens: told by their prefixes, and to whom the desk says that one leaked (P-15).
tokens_known.own()
SECRET_HOOK = environment.text("FIRSTLINE_SECRET_HOOK")
SECRET_HOOK_KEY = environment.text("FIRSTLINE_SECRET_HOOK_KEY")
if SECRET_HOOK and not SECRET_HOOK_KEY:
    raise environment.BadSetting("FIRSTLINE_SECRET_HOOK needs FIRSTLINE_SECRET_HOOK_KEY, which signs what it is told.")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"redact": {"()": "firstline.config.logs.RedactFilter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["redact"]}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("FIRSTLINE_LOG_LEVEL", "WARNING")},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "firstline": {"level": os.environ.get("FIRSTLINE_LOG_LEVEL", "INFO")},
    },
}
