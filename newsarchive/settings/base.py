"""Every setting of the site; safe by default."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from newsarchive.settings.databases import cache, database

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent.parent

DEBUG: bool = env.bool("DEBUG", default=False)
SECRET_KEY: str = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Give the environment a long random value, for example the output of "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'. (make demo makes one by itself.)"
        )
    SECRET_KEY = secrets.token_urlsafe(50)

ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_NAME: str = env.str("SITE_NAME", default="newsarchive")
SECURITY_CONTACT: str = env.str("SECURITY_CONTACT", default="")
CONTACT: str = env.str("CONTACT", default="")
BASE_URL: str = env.str("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "newsarchive.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "corsheaders",
    "csp",
    "django_filters",
    "django_tasks",
    "django_tasks_db",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "events",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "newsarchive.middleware.ContentSecurityPolicy",
    "corsheaders.middleware.CorsMiddleware",
    "newsarchive.middleware.EditorsSession",
    "django.middleware.csrf.CsrfViewMiddleware",
    "newsarchive.middleware.EditorsAuthentication",
    "newsarchive.middleware.EditorsMessages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "newsarchive.urls"
WSGI_APPLICATION = "newsarchive.wsgi.application"
APPEND_SLASH = False
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {
    "default": database(env.str("DATABASE_URL", default=f"sqlite:///{BASE_DIR}/var/archive.sqlite3"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": cache(env.str("CACHE_URL", default="locmemcache://"))}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_VERBOSE = False

AXES_LOCKOUT_TEMPLATE = "admin/locked.html"

# Without EMAIL_URL nothing is mailed: no notices, and forgotten passwords are an administrator's to set.
SENDS_MAIL: bool = bool(env.str("EMAIL_URL", default=""))
if SENDS_MAIL:
    vars().update(env.email_url("EMAIL_URL"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL: str = env.str("MAIL_FROM", default="newsarchive@localhost")

# Networks that webhooks may reach although they are not public; for tests and development only.
WEBHOOKS_PRIVATE: list[str] = env.list("WEBHOOKS_PRIVATE", default=[])

LANGUAGE_CODE = "en"
TIME_ZONE: str = env.str("TIME_ZONE", default="UTC")
USE_I18N = True
# Before those of applications: "Go" is what the admin's catalogue has for running an action.
LOCALE_PATHS = [BASE_DIR / "events" / "locale"]
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "var" / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600

# The site behind TLS: HTTPS=1 turns on redirects, HSTS and secure cookies together.
HTTPS: bool = env.bool("HTTPS", default=False)
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
BEHIND_PROXY: bool = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# Programs may read from any page's script; nothing but the API is opened (interfaces.md, REST).
CORS_ALLOW_ALL_ORIGINS = True
CORS_URLS_REGEX = r"^/api/.*$"
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "prefer",
]
CORS_EXPOSE_HEADERS = [
    "Allow",
    "ETag",
    "Idempotent-Replayed",
    "Link",
    "Location",
    "Preference-Applied",
    "Retry-After",
    "WWW-Authenticate",
]
CORS_PREFLIGHT_MAX_AGE = 86_400

RELATED_RANKING: str = env.str("RELATED_RANKING", default="stories")
"""By which of ``events.related.rankings`` links are computed; another one wants ``rebuild related --all``."""

# Whole lists occupy a thread while they are sent: half of a process's threads (newsarchive/gunicorn.py),
# so that the other half is there for everybody else.
STREAMS_AT_ONCE: int = max(1, min(env.int("WEB_THREADS", default=4), 64) // 2)

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "newsarchive",
    "DESCRIPTION": "Dated news events with their contexts and sources. Reading needs no key.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "events.api.schema.allow_choices",
    ],
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "token": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": "`Token nwa_…`: the word, a blank, the token. Only writing needs one.",
            }
        }
    },
    "ENUM_NAME_OVERRIDES": {
        "ChangeKindEnum": "events.vocabulary.ChangeKind",
        "SubjectEnum": "events.vocabulary.Subject",
        "GradeEnum": "events.vocabulary.Grade",
        "ChosenGradeEnum": "events.api.inputs.events.GRADES",
    },
}

# knox's own table would stand empty: our model takes its place.
MIGRATION_MODULES = {"knox": None}
KNOX_TOKEN_MODEL = "events.ApiToken"  # noqa: S105  the name of a model
API_WRITES_PER_MINUTE: int = env.int("API_WRITES_PER_MINUTE", default=600)
REST_KNOX: dict[str, Any] = {"TOKEN_PREFIX": "nwa_", "TOKEN_TTL": None, "AUTO_REFRESH": False}

LOG_LEVEL: str = env.str("LOG_LEVEL", default="INFO")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "plain": {"format": "%(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": env.str("LOG_FORMAT", default="json"),
        }
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    # It warns of strangers' odd headers with the whole URL, which may hold a password.
    "loggers": {"urllib3": {"level": "ERROR"}},
}
