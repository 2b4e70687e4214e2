"""All settings in one file, from the environment only. No variable set = it runs: SQLite, embedded index, demo town."""

import os
from pathlib import Path

from csp.constants import NONE, SELF

from fumikura.project import environment as env
from fumikura.project import logs

BASE_DIR = Path(__file__).resolve().parent.parent.parent

# Everything that is ours alone lives under one folder, so that two instances with different homes never meet.
HOME = Path(env.text("FUMIKURA_HOME") or BASE_DIR / "var").resolve()
SECRET_KEY = env.secret_key(HOME)
DEBUG = env.flag("DEBUG", default=False)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("TRUSTED_ORIGINS", "")
# Stands in messages that leave the house, which no request asks for: https://opac.example.lg.jp
PUBLIC_ADDRESS = env.text("PUBLIC_ADDRESS").rstrip("/")

# The city's name for itself, shown in the head of the page.
LIBRARY_NAME = env.text("LIBRARY_NAME", "水瀬市立図書館")
PRACTICE = env.flag("PRACTICE", default=False)
PRACTICE_ADDRESS = env.text("PRACTICE_ADDRESS")
LIBRARY_NAME_EN = env.text("LIBRARY_NAME_EN", "Minase City Library")

DATABASES = {"default": env.database(env.text("DATABASE_URL"), HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Empty = the embedded index under HOME; http://one:9200,http://two:9200/prefix = an OpenSearch cluster.
SEARCH_URL = env.text("SEARCH_URL")
SEARCH_SCHEMES = ("http", "https")
# How many processes prepare documents for the index when there are thousands of them.
INDEX_PROCESSES = env.number("INDEX_PROCESSES", min(os.cpu_count() or 1, 4))
INDEX_DIR = HOME / "index"
# Descriptions of the layouts of older IC tags, *.toml: docs/howto/describe-a-tag-layout.md.
TAG_LAYOUTS_DIR = Path(env.text("TAG_LAYOUTS") or HOME / "tag-layouts")
FILES_DIR = HOME / "files"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "csp",
    "fumikura.journal",
    "fumikura.organisation",
    "fumikura.patrons",
    "fumikura.catalogue",
    "fumikura.holdings",
    "fumikura.circulation",
    "fumikura.stocktake",
    "fumikura.acquisitions",
    "fumikura.programmes",
    "fumikura.discovery",
    "fumikura.evaluation",
    "fumikura.notices",
    "fumikura.harvest",
    "fumikura.webhooks",
    "fumikura.web.design",
    "fumikura.web.opac",
    "fumikura.web.entrance",
    "fumikura.web.my",
    "fumikura.web.kids",
    "fumikura.web.kiosk",
    "fumikura.web.join",
    "fumikura.web.office",
    "fumikura.web.desk",
    "fumikura.web.staff",
    "fumikura.web.cataloguing",
    "fumikura.protocols.api",
    "fumikura.project",
]

MIDDLEWARE = [
    "fumikura.project.middleware.visitors_address",
    "fumikura.project.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "fumikura.project.middleware.request_record",
    "fumikura.project.middleware.librarys_words",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "fumikura.web.visitors.VisitorMiddleware",
    "fumikura.project.limits.limits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "fumikura.web.design.reading.middleware",
]

ROOT_URLCONF = "fumikura.project.urls"
WSGI_APPLICATION = "fumikura.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("fumikura.web.design.loading.Loader", ["django.template.loaders.app_directories.Loader"])],
            "builtins": ["fumikura.web.design.templatetags.addresses"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "fumikura.web.design.context.house",
            ],
        },
    }
]
# {% load i18n %} is ours on purpose: web/design/templatetags/i18n.py.
SILENCED_SYSTEM_CHECKS = ["templates.W003"]

AUTH_USER_MODEL = "organisation.User"
AUTHENTICATION_BACKENDS = ["fumikura.web.accounts.Accounts"]
PASSWORD_HASHERS = [
    "fumikura.patrons.passwords.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# A member of staff and a patron at the same browser have a session each. Both end when nothing has happened for a while.
STAFF_IDLE_MINUTES = env.number("STAFF_IDLE_MINUTES", 15)
PATRON_IDLE_MINUTES = env.number("PATRON_IDLE_MINUTES", 30)
SESSION_ENGINE = "fumikura.web.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_BEHIND_TLS = env.flag("BEHIND_TLS", default=False)
SESSION_COOKIE_NAME, PATRON_COOKIE_NAME = (
    ("__Host-fumikura", "__Host-fumikura-patron") if SECURE_BEHIND_TLS else ("fumikura", "fumikura_patron")
)
if PRACTICE:  # beside the real library, under the same name: neither signs anybody out of the other
    SESSION_COOKIE_NAME, PATRON_COOKIE_NAME = f"practice-{SESSION_COOKIE_NAME}", f"practice-{PATRON_COOKIE_NAME}"
    CSRF_COOKIE_NAME = "practice-csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_BEHIND_TLS
# What a counter remembers between two scans; signing out forgets it.
DESK_COOKIE_NAME, DESK_COOKIE_PATH = "fumikura_desk", "/desk"
KIOSK_COOKIE_NAME, KIOSK_COOKIE_PATH = "fumikura_kiosk", "/kiosk"
if SECURE_BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

LANGUAGE_CODE = "ja"
LANGUAGES = [
    ("ja", "日本語"),
    ("ja-easy", "やさしい日本語"),
    ("en", "English"),
    ("zh-hans", "简体中文"),
    ("ko", "한국어"),
]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Tokyo"
USE_I18N = USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = True  # until `serve` has gathered them, from the packages themselves
NODE_MODULES = BASE_DIR / "node_modules"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "fumikura.project.front_end.PackageFiles",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_DIR}},
    # Named by content and compressed by `serve`; with DEBUG straight from the source, so that an edit is seen at once.
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "fumikura.project.front_end.GatheredFiles"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Fonts for what is printed.
FONTS_DIR = NODE_MODULES / "@expo-google-fonts" / "noto-sans-jp"

# Empty: messages are written into HOME/outbox and none leaves the house; smtp://user:password@host:587 sends them.
globals().update(env.email(env.text("EMAIL_URL"), HOME))
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "library@localhost")
# imaps://name:password@host/FOLDER: the mailbox to which undeliverable mail comes back. Empty: nobody looks.
BOUNCES_URL = env.mailbox(env.text("BOUNCES_URL"))
NOTICES_FROM, NOTICES_UNTIL = env.hour("NOTICES_FROM", 8), env.hour("NOTICES_UNTIL", 20)
# An HTTP interface for SMS (https://name:password@host/path?From=number), and the library's account at LINE.
SMS_URL = env.text("SMS_URL")
LINE_TOKEN, LINE_SECRET = env.text("LINE_TOKEN"), env.text("LINE_SECRET")
LINE_ID = env.text("LINE_ID")
LINE_API = env.text("LINE_API", "https://api.line.me")
# Push services of the browsers; to no other address is a push message sent.
PUSH_HOSTS = env.words(
    "PUSH_HOSTS", "fcm.googleapis.com,push.services.mozilla.com,push.apple.com,notify.windows.com,jmt17.google.com"
)

# The worker writes a backup into this folder every night, and deletes those older than so many days. Empty: none.
BACKUP_FOLDER, BACKUP_DAYS = env.text("BACKUP_FOLDER"), env.number("BACKUP_DAYS", 35)

# An OpenID provider to which people show their マイナンバーカード when they apply for a card. Empty: they write.
CITY_ID_URL, CITY_ID_CLIENT = env.text("CITY_ID_URL"), env.text("CITY_ID_CLIENT")
CITY_ID_SECRET = env.text("CITY_ID_SECRET")

# From this age on a guardian sees how many books a child has and when they are due, but not which.
PRIVACY_AGE = env.number("PRIVACY_AGE", 13)

# Questions a second from one network address that is not signed in, for machine doors and for pages; rests allow bursts.
LIMIT_MACHINES, LIMIT_PAGES = env.number("LIMIT_MACHINES", 10), env.number("LIMIT_PAGES", 20)

# "json", "plain", or empty: plain on a terminal, JSON elsewhere.
LOGGING = logs.configuration(env.text("LOG_FORMAT"))
# Lets a collector on another machine read /metrics; empty = this machine only.
METRICS_TOKEN = env.text("METRICS_TOKEN")
