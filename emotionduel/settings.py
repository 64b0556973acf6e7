"""Everything that can be set, read from the environment in this one place. docs/configuration.md explains each name."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from redis.backoff import NoBackoff
from redis.retry import Retry

from emotionduel.database import database
from emotionduel.environment import Environment
from emotionduel.languages import languages
from emotionduel.queues import queue
from emotionduel.secret import derived_secret, kept_secret, random_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment.of_process(BASE_DIR)

DEBUG = env.flag("DEBUG", "0")
PORT = env.whole("PORT", "8000", 1, 65535)
BASE_URL = env.origin("BASE_URL")
DATA_DIR = env.folder("DATA_DIR", "var/")
SECRET_KEY = env.text("SECRET_KEY") or kept_secret(DATA_DIR / "secret_key")
ENCRYPTION_KEYS = env.keys("ENCRYPTION_KEYS") or [
    kept_secret(DATA_DIR / "encryption_key", "ENCRYPTION_KEYS", random_key)
]

# The judge: None leaves the choice to scoring.open_scorer.
SCORER = env.text("SCORER") or None
SCORER_CHECKPOINT = env.text("SCORER_CHECKPOINT") or None
SCORER_PRECISION = env.one_of("SCORER_PRECISION", ["fp32", "bf16", "fp16"])
SCORER_DEVICE = env.text("SCORER_DEVICE") or None
SCORER_THREADS = env.whole("SCORER_THREADS", "1", 1, 1024)
JUDGE = (SCORER, SCORER_CHECKPOINT, SCORER_PRECISION, SCORER_DEVICE, SCORER_THREADS)  # open_scorer's arguments

# What holds back pictures until a moderator has looked. It needs requirements-moderation.txt.
OFFENSIVE_DETECTOR = env.one_of("OFFENSIVE_DETECTOR", ["nudenet"])

REFUSE_COPIES = env.flag("REFUSE_COPIES", "1")

# The game's clock, in seconds.
DUEL_SECONDS = env.whole("DUEL_SECONDS", "180", 1, 86400)
REMINDER_SECONDS = env.whole("REMINDER_SECONDS", "60", 0, 86400)
ROOM_SECONDS = env.whole("ROOM_SECONDS", "1800", 1, 86400)
SEARCH_SECONDS = env.whole("SEARCH_SECONDS", "600", 1, 86400)
RECONCILE_SECONDS = env.whole("RECONCILE_SECONDS", "5", 1, 3600)

# Redis only carries: what it loses, the reconciler finds in the database.
OWN_REDIS = f"unix://{(DATA_DIR / 'redis.sock').resolve()}"  # `make run` starts it
REDIS_URL = env.text("REDIS_URL") or OWN_REDIS
RQ_QUEUES = {name: queue(REDIS_URL) for name in ("telegram", "judge")}

CACHES = {
    "default": {
        "BACKEND": "emotionduel.cache.Forgiving",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1, "retry": Retry(NoBackoff(), 0)},
    }
}

# Who asks too often waits for the next minute. Each proxy before us adds one address to X-Forwarded-For.
PAGES_PER_MINUTE = env.whole("PAGES_PER_MINUTE", "1200", 1, 1000000)
API_PER_MINUTE = env.whole("API_PER_MINUTE", "60", 1, 1000000)
PROXIES = env.whole("PROXIES", "1", 0, 10)

# Who may read /metrics, how logs are written, and where errors are sent.
METRICS_TOKEN = env.bearer("METRICS_TOKEN")
LOG_FORMAT = env.one_of("LOG_FORMAT", ["text", "json"], "text")
SENTRY_DSN = env.dsn("SENTRY_DSN")

# Where `suggest_prompts` asks for new ones.
LLM_URL = env.text("LLM_URL")
LLM_KEY = env.text("LLM_KEY")
LLM_MODEL = env.text("LLM_MODEL")

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *filter(None, [urlsplit(BASE_URL).hostname])]

# Without a token the bot rests, and the site works all the same.
TELEGRAM_BOT_TOKEN = env.text("TELEGRAM_BOT_TOKEN")
TELEGRAM_API_URL = env.text("TELEGRAM_API_URL", "https://api.telegram.org").rstrip("/")
TELEGRAM_LOGIN = env.flag("TELEGRAM_LOGIN", "0")  # @BotFather knows our host
TELEGRAM_WEBHOOK_SECRET = env.text("TELEGRAM_WEBHOOK_SECRET") or derived_secret(SECRET_KEY, "telegram webhook")

INSTALLED_APPS = [
    "daphne",  # before staticfiles: both bring a runserver, the first one counts
    "emotionduel.apps.GuardedAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_otp",
    "django_rq",
    "drf_spectacular",
    "rest_framework",
    "emotionduel.apps.EmotionDuelConfig",
    "accounts",
    "duels",
    "scoring",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "emotionduel.compression.Compression",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "emotionduel.middleware.AddressedLanguage",
    "emotionduel.limits.every_page",
    "emotionduel.middleware.KnownHosts",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "accounts.sessions.remember_player",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",  # last: its page takes the place of the form
]
ROOT_URLCONF = "emotionduel.urls"
ASGI_APPLICATION = "emotionduel.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "emotionduel.context.site",
            ]
        },
    }
]
DATABASES = {"default": database(env.text("DATABASE_URL"), BASE_DIR, DATA_DIR / "db.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGES = languages(BASE_DIR / "locale")
TIME_ZONE = "UTC"
USE_TZ = True

# Named by their content and compressed when the site starts: browsers keep them for good.
STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_DIR", "") if env.text("STATIC_DIR") else DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# What browsers may do with our pages. A page asks nobody but this site for anything.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
HTTPS = urlsplit(BASE_URL).scheme == "https"  # the proxy before us speaks it, and redirects to it
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SILENCED_SYSTEM_CHECKS = ["security.W008"]  # the proxy redirects to https
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
X_FRAME_OPTIONS = "DENY"

# The admin: five wrong passwords or codes from one address, and it waits. Names are not locked: else anybody could lock
# a known one out; who guesses from many addresses still lacks the second factor.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = ["ip_address"]
AXES_CLIENT_IP_CALLABLE = "emotionduel.limits.address"
AXES_LOCKOUT_CALLABLE = "accounts.staff.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "csrfmiddlewaretoken"]
AXES_DISABLE_ACCESS_LOG = True  # addresses are kept for as long as the lockout needs them

# The API says what the pages say, to anybody, and changes nothing: so it asks nobody who they are.
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_THROTTLE_CLASSES": ["duels.api.throttle.PerAddress"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "EmotionDuel",
    "DESCRIPTION": "What the pages show, to be read by programs. No key is needed.",
    "VERSION": "1",
    "ENUM_NAME_OVERRIDES": {"OutcomeEnum": ["win", "loss", "draw"]},  # under several names in the answers
}

# Workers tell web processes through Redis what spectators are to see. Each message for itself: none is kept.
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "live"},
    }
}

DEFAULT_EXCEPTION_REPORTER = "emotionduel.reports.Reporter"

# Django tells the console of errors only while DEBUG is on.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"trail": {"()": "emotionduel.trail.Marked"}},
    "formatters": {
        "text": {
            "()": "emotionduel.logs.Redacting",
            "format": "{asctime} {levelname} {name}: {message}{marks}",
            "style": "{",
        },
        "json": {"()": "emotionduel.logs.Json"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["trail"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "axes": {"level": "WARNING"},
    },
}
