"""All settings of a deployment, read through `django.conf.settings`. `.env.example` explains every variable."""

from pathlib import Path

from troth.config import environment as env
from troth.law.working_days import Nation

BASE_DIR = Path(__file__).resolve().parent.parent.parent

# Where state lives. Keys and backups lie apart from the data (pitfalls B13); `troth doctor` objects when they do not.
TROTH_HOME = env.folder("TROTH_HOME", Path.cwd() / "var")
TROTH_KEYS = env.folder("TROTH_KEYS", TROTH_HOME.with_name(TROTH_HOME.name + "-keys"))
TROTH_BACKUPS = env.folder("TROTH_BACKUPS", TROTH_HOME.with_name(TROTH_HOME.name + "-backups"))
TROTH_BACKUPS_2 = env.folder("TROTH_BACKUPS_2", Path()) if env.text("TROTH_BACKUPS_2", "") else None
TROTH_MASTER_KEY_DAYS = env.whole_number("TROTH_MASTER_KEY_DAYS", 30)
TROTH_BACKUP_DAYS = env.whole_number("TROTH_BACKUP_DAYS", 35)
TROTH_DEMO = env.flag("TROTH_DEMO", default=False)
TROTH_PACK = env.text("TROTH_PACK", "online-prescribing")

DATABASES = {
    "default": env.database("TROTH_DATABASE_URL", TROTH_HOME / "data.sqlite3"),
    "keys": env.database("TROTH_KEYS_DATABASE_URL", TROTH_HOME / "keys.sqlite3"),
}
DATABASE_ROUTERS = ["troth.vault.router.KeyStoreRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Where links in messages lead, and what carries messages. Never the host that a request names: that is the asker's to choose.
TROTH_SITE = env.address("TROTH_SITE", {"http", "https"}, env.site_of(env.text("TROTH_HOSTS", ""))).rstrip("/")
TROTH_MAIL_URL = env.address("TROTH_MAIL_URL", {"smtp", "smtps"})
TROTH_MAIL_FROM = env.text("TROTH_MAIL_FROM", "")
TROTH_SMS_URL = env.address("TROTH_SMS_URL", {"http", "https"})
TROTH_SMS_TOKEN = env.text("TROTH_SMS_TOKEN", "")
# How letters reach GPs, besides by post: a mail server that is trusted with them, and a mailbox of MESH.
TROTH_GP_MAIL_URL = env.address("TROTH_GP_MAIL_URL", {"smtp", "smtps"})
TROTH_GP_MAIL_DOMAINS = frozenset(env.text("TROTH_GP_MAIL_DOMAINS", "nhs.net").casefold().replace(",", " ").split())
TROTH_MESH_URL = env.address("TROTH_MESH_URL", {"http", "https"}).rstrip("/")
TROTH_MESH_MAILBOX = env.text("TROTH_MESH_MAILBOX", "")
TROTH_MESH_PASSWORD = env.text("TROTH_MESH_PASSWORD", "")
TROTH_MESH_SHARED_KEY = env.text("TROTH_MESH_SHARED_KEY", "")
TROTH_MESH_WORKFLOW = env.text("TROTH_MESH_WORKFLOW", "")
TROTH_MESH_CERTIFICATE = env.text("TROTH_MESH_CERTIFICATE", "")
TROTH_MESH_AUTHORITY = env.text("TROTH_MESH_AUTHORITY", "")
# Stands on invoices; without one the clinic is not registered for VAT, and charges none.
TROTH_VAT_NUMBER = env.text("TROTH_VAT_NUMBER", "")
TROTH_PARTNERS = env.text("TROTH_PARTNERS", "")
# Who takes card payments. The browser speaks with the firm itself: its script is the one thing that one page loads from elsewhere.
TROTH_STRIPE_KEY = env.text("TROTH_STRIPE_KEY", "")
TROTH_STRIPE_PUBLIC_KEY = env.text("TROTH_STRIPE_PUBLIC_KEY", "")
TROTH_STRIPE_WEBHOOK_SECRET = env.text("TROTH_STRIPE_WEBHOOK_SECRET", "")
TROTH_STRIPE_API = env.address("TROTH_STRIPE_API", {"http", "https"}, "https://api.stripe.com").rstrip("/")
TROTH_STRIPE_SCRIPT = env.address("TROTH_STRIPE_SCRIPT", {"http", "https"}, "https://js.stripe.com/v3/")

# Never protects data at rest: only CSRF tokens and signed form state. Made on first use and kept like a key.
SECRET_KEY = env.secret_key("TROTH_SECRET_KEY", TROTH_KEYS)
DEBUG = False
DEFAULT_EXCEPTION_REPORTER = "troth.work.reporting.PlaceOnlyReporter"
LOGGING_CONFIG = "troth.config.environment.configure_logging"
LOGGING = {"level": env.text("TROTH_LOG_LEVEL", "INFO")}
ALLOWED_HOSTS = env.text("TROTH_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
TROTH_FINANCIAL_YEAR_END = env.day_of_year("TROTH_FINANCIAL_YEAR_END", "04-05")
TROTH_NATION = env.one_of("TROTH_NATION", Nation, Nation.ENGLAND)
TROTH_FINDS_AN_HOUR = env.whole_number("TROTH_FINDS_AN_HOUR", 60)
TROTH_PROXIES = env.whole_number("TROTH_PROXIES", 0)
# On loopback alone there is no TLS, and no network to be overheard on.
TROTH_SECURE_COOKIES = not TROTH_DEMO and not set(ALLOWED_HOSTS) <= env.LOOPBACK
# Passkeys are bound to a name for ever: the clinic's first host, unless it says otherwise.
TROTH_PASSKEY_DOMAIN = env.text(
    "TROTH_PASSKEY_DOMAIN",
    next((host for host in ALLOWED_HOSTS if host.strip("[].0123456789:")), "localhost"),
)
# What the invented staff's app shares with us, for everybody to see; a demonstration listens on loopback alone.
TROTH_DEMO_AUTHENTICATOR = "OATCAKELANTERNHERONOATCAKELANTER" if TROTH_DEMO else ""
CSRF_COOKIE_NAME = "__Host-troth_form" if TROTH_SECURE_COOKIES else "troth_form"
CSRF_COOKIE_SECURE = TROTH_SECURE_COOKIES
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host not in env.LOOPBACK and host != "*"]
CSRF_FAILURE_VIEW = "troth.portal.views.errors.stale_form"
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_HSTS_SECONDS = 31_536_000 if TROTH_SECURE_COOKIES else 0

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "troth.vault",
    "troth.ledger",
    "troth.work",
    "troth.copies",
    "troth.notice",
    "troth.gate",
    "troth.sharing",
    "troth.delivery",
    "troth.people",
    "troth.consent",
    "troth.billing",
    "troth.diary",
    "troth.contact",
    "troth.assurance",
    "troth.intake",
    "troth.records",
    "troth.bringing",
    "troth.prescribing",
    "troth.medicolegal",
    "troth.rights",
    "troth.portal",
    "troth.desk",
    "troth.office",
    "troth.design",
    "troth.cli",
    "troth.demo",
    *env.text("TROTH_EXTRA_APPS", "").split(),
]
MIDDLEWARE: list[str] = [
    "django.middleware.security.SecurityMiddleware",
    "troth.config.headers.SecurityHeaders",
    "troth.config.statics.StaticFiles",
    "troth.config.statics.CompressedForStrangers",
    "troth.work.reporting.AccessLog",
    "troth.config.headers.OwnHost",
    "troth.gate.boundary.BoundaryMiddleware",
    "troth.people.middleware.SessionMiddleware",
    "troth.config.csrf.FormGuard",
]
# Draws the frame of every page: faces add to it what their page is for.
TROTH_FRAME = "troth.config.pages.page_for"
ROOT_URLCONF = "troth.config.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request", "troth.config.pages.frame"]},
    }
]
WSGI_APPLICATION = "troth.config.wsgi.application"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False
# Files are served from where they lie in the packages, so that nobody has to collect them, under an address that changes with them:
# a browser may keep them for good (decision 0116).
STATIC_URL = f"static/{env.release_of(BASE_DIR / 'troth')}/"
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# Uploads are sealed as they arrive; nothing is spooled in the clear (pitfalls B2).
FILE_UPLOAD_HANDLERS = ["troth.vault.uploads.SealingUploadHandler"]
PASSWORD_HASHERS = ["troth.config.passwords.PasswordHasher"]
