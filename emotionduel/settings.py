"""Everything that can be set, read from the environment in this one place. docs/configuration.md explains each name."""

from pathlib import Path
from urllib.parse import urlsplit

from emotionduel.database import sqlite
from emotionduel.environment import Environment
from emotionduel.secret import kept_secret

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment.of_process(BASE_DIR)

DEBUG = env.flag("DEBUG", "0")
PORT = env.whole("PORT", "8000", 1, 65535)
BASE_URL = env.origin("BASE_URL")
DATA_DIR = env.folder("DATA_DIR", "var/")
SECRET_KEY = env.text("SECRET_KEY") or kept_secret(DATA_DIR / "secret_key")

# The judge: None leaves the choice to scoring.open_scorer.
SCORER = env.text("SCORER") or None
SCORER_CHECKPOINT = env.text("SCORER_CHECKPOINT") or None
SCORER_PRECISION = env.one_of("SCORER_PRECISION", ["fp32", "bf16", "fp16"])
SCORER_DEVICE = env.text("SCORER_DEVICE") or None
SCORER_THREADS = env.whole("SCORER_THREADS", "1", 1, 1024)

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *filter(None, [urlsplit(BASE_URL).hostname])]

INSTALLED_APPS = [
    "daphne",  # before staticfiles: both bring a runserver, the first one counts
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "emotionduel.apps.EmotionDuelConfig",
    "scoring",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "emotionduel.urls"
ASGI_APPLICATION = "emotionduel.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
DATABASES = {"default": sqlite(env.text("DATABASE_URL"), BASE_DIR, DATA_DIR / "db.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"

# Django tells the console of errors only while DEBUG is on.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"django": {"handlers": ["stderr"], "level": "INFO", "propagate": False}},
}
