"""What an installation has set is asked before anything starts."""

from __future__ import annotations

import re
import ssl
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from types import SimpleNamespace

import certifi
import pytest
import yaml
from celery import Celery
from django.core.management import CommandError, call_command
from environs import EnvError
from joserfc.jwk import RSAKey
from pytest_django import Settings

from accounts.models import User
from devtools.process import our_environment
from medconsult.preflight import WRONG_CONFIGURATION
from medconsult.settings.base import configured
from medconsult.settings.env import Environment, read_environment

SET = {
    "SECRET_KEY": "x" * 50,
    "FIELD_ENCRYPTION_KEYS": "dGVzdHMtb25seS1ub3QtYS1zZWNyZXQtMDAwMDAwMDA=",
    "DATABASE_URL": "postgres://medconsult_app@localhost/medconsult",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "BASE_URL": "https://www.clinic.example",
    "ALLOWED_HOSTS": "www.clinic.example",
    "EMAIL_URL": "smtp+tls://mail.clinic.example",
    "DEFAULT_FROM_EMAIL": "Clinic <no-reply@clinic.example>",
    "MEDIA_ROOT": "media",
    "PRIVATE_ROOT": "private",
    "CLAMD_URL": "tcp://clamav:3310",
}
REPOSITORY = Path(__file__).resolve().parents[3]
# What the image, its entrypoint and the job that migrates give by themselves.
GIVEN = {"MEDIA_ROOT", "STATIC_ROOT", "PRIVATE_ROOT", "PROCESS_KIND", "DATABASE_OWNER_URL"}


@pytest.fixture(autouse=True)
def installation(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SET.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("INSECURE_HTTP", raising=False)


def test_what_is_set_is_read() -> None:
    assert read_environment().field_encryption_keys == [SET["FIELD_ENCRYPTION_KEYS"]]


@pytest.mark.parametrize("name", sorted(SET))
def test_what_is_not_set_is_demanded(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(EnvError, match=name):
        read_environment()


@pytest.mark.parametrize(
    "origin", ["*", "app.example.org", "https://app.example.org/", "http://app.example.org", "null", "https://"]
)
def test_what_is_no_origin_opens_the_api_to_nobody(monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    monkeypatch.setenv("API_ORIGINS", f"https://www.example.org,{origin}")
    with pytest.raises(EnvError, match="API_ORIGINS"):
        read_environment()


@pytest.mark.parametrize("keys", ["", "not-a-key", f"{SET['FIELD_ENCRYPTION_KEYS']},"])
def test_keys_that_cannot_encrypt_are_refused(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    monkeypatch.setenv("FIELD_ENCRYPTION_KEYS", keys)
    with pytest.raises(EnvError, match="FIELD_ENCRYPTION_KEYS"):
        read_environment()


@pytest.mark.parametrize(
    ("name", "value"), [("SECRET_KEY", "x" * 49), ("ALLOWED_HOSTS", "clinic.example,*"), ("TRUSTED_PROXY_COUNT", "-1")]
)
def test_what_would_let_anybody_be_somebody_does_not_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(EnvError, match=name) as refused:
        read_environment()
    assert "x" * 49 not in str(refused.value)


@pytest.mark.parametrize("private", ["media", "media/private", "staticfiles/../staticfiles/private"])
def test_private_files_never_lie_where_they_are_published(monkeypatch: pytest.MonkeyPatch, private: str) -> None:
    monkeypatch.setenv("PRIVATE_ROOT", private)
    with pytest.raises(EnvError, match="open to everybody"):
        read_environment()


@pytest.mark.parametrize("url", ["unix:///run/clamav/clamd.ctl", "tcp://clamav:3310", "tcp://[::1]"])
def test_scanner_is_found_at_a_port_or_a_socket(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("CLAMD_URL", url)
    assert read_environment().clamd_url == url


@pytest.mark.parametrize("url", ["", "clamav:3310", "http://clamav", "tcp://", "unix://", "tcp://a:33l0", "tcp://[a"])
def test_address_that_is_no_scanners_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("CLAMD_URL", url)
    with pytest.raises(EnvError, match="CLAMD_URL"):
        read_environment()


def test_plain_http_is_for_loopback_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSECURE_HTTP", "true")
    with pytest.raises(EnvError, match="loopback"):
        read_environment()
    monkeypatch.setenv("BASE_URL", "http://127.0.0.1:8000")
    assert read_environment().insecure_http


def test_authorities_that_are_none_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EnvError, match="AUTHORITIES_FILE"):
        installed_with(monkeypatch, {"AUTHORITIES_FILE": "/dev/null"})


@pytest.mark.parametrize(
    ("url", "how", "limit"),
    [
        ("smtp://mail.example", (25, False, False), {}),
        ("smtp+tls://clinic:canary@mail.example", (587, True, False), {}),
        ("smtp+tls://clinic:canary@mail.example:2525?timeout=3", (2525, True, False), {"EMAIL_TIMEOUT": 3}),
        ("smtp+ssl://clinic:canary@mail.example", (465, False, True), {}),
        ("smtp://clinic:canary@mail.example:587?tls=true", (587, True, False), {}),
        ("submission://clinic:canary@mail.example", (587, True, False), {}),
    ],
)
def test_mail_leaves_by_tls_where_its_address_says_so(
    monkeypatch: pytest.MonkeyPatch, url: str, how: tuple[int, bool, bool], limit: dict[str, int]
) -> None:
    read = installed_with(monkeypatch, {"EMAIL_URL": url}).email
    assert (read["EMAIL_PORT"], read["EMAIL_USE_TLS"], read["EMAIL_USE_SSL"]) == how
    assert (read["EMAIL_BACKEND"].split(".")[-2], read["EMAIL_HOST"]) == ("smtp", "mail.example")
    # Where none is said, the settings' own time limit stands.
    assert {name: value for name, value in read.items() if name == "EMAIL_TIMEOUT"} == limit


@pytest.mark.parametrize(
    "url",
    [
        *("", "smpt://clinic:canary@mail.example", "canary:x@mail.example", "smtp+tls://", "smtp://mail:canary"),
        *("smtps://clinic:canary@mail.example:465", "smtp+tls://clinic:canary[@mail.example"),
        # Each would be mail in the clear, or none.
        *(f"smtp://a:canary@mail.example:587?{said}" for said in ("starttls=true", "tls=required", "tls", "canary")),
        *(f"smtp://a:canary@mail.example?timeout={said}" for said in ("0", "-1", "")),
        *("smtp+ssl://a:canary@mail.example?tls=true", "smtp+tls://a:canary@mail.example?ssl=true"),
    ],
)
def test_address_that_no_mail_leaves_by_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    with pytest.raises(EnvError, match="EMAIL_URL") as told:
        installed_with(monkeypatch, {"EMAIL_URL": url})
    assert "canary" not in str(told.value)


@pytest.mark.parametrize("which", ["DATABASE_URL", "WEB_POOL_URL"])
@pytest.mark.parametrize(
    ("said", "believed"),
    [
        # To a certificate of somebody else's libpq would then go on without TLS, where it had TLS before.
        ("", None),
        ("?sslmode=verify-full", certifi.where()),
        ("?sslmode=verify-full&sslrootcert=/own.pem", "/own.pem"),
    ],
)
def test_the_database_is_asked_by_the_authorities_where_its_address_demands_tls(
    monkeypatch: pytest.MonkeyPatch, which: str, said: str, believed: str | None
) -> None:
    variables = {"AUTHORITIES_FILE": certifi.where(), "PROCESS_KIND": "web", "WEB_POOL_URL": ""}
    read = installed_with(monkeypatch, variables | {which: f"postgres://medconsult_app:x@database.example/x{said}"})
    assert configured(read)["DATABASES"]["default"]["OPTIONS"].get("sslrootcert") == believed


@pytest.mark.parametrize(("scheme", "asked"), [("redis", False), ("rediss", {"ssl_cert_reqs": ssl.CERT_REQUIRED})])
def test_the_broker_is_told_its_password_once_its_certificate_is_believed(
    monkeypatch: pytest.MonkeyPatch, scheme: str, asked: object
) -> None:
    read = installed_with(monkeypatch, {"REDIS_URL": f"{scheme}://:secret@valkey.example:6380/0"})
    app = Celery(set_as_current=False)
    app.config_from_object(SimpleNamespace(**configured(read)), namespace="CELERY")
    assert (app.connection_for_write().ssl or False) == asked


MEDIA = {"MEDIA_S3_BUCKET": "media", "MEDIA_S3_URL": "https://media.clinic.example/"}


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({**MEDIA, "MEDIA_S3_URL": "http://media.clinic.example"}, "MEDIA_S3_URL"),
        ({"MEDIA_S3_BUCKET": "media"}, "MEDIA_S3_URL"),
        ({**MEDIA, "PRIVATE_S3_BUCKET": "media"}, "the same"),
        ({**MEDIA, "MEDIA_S3_ACCESS_KEY": "half"}, "come together"),
    ],
)
def test_public_files_have_a_bucket_and_an_address_of_their_own(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str
) -> None:
    assert installed_with(monkeypatch, {**MEDIA, "PRIVATE_S3_BUCKET": "private"}).media_origin == (
        "https://media.clinic.example"
    )
    for name in (*MEDIA, "PRIVATE_S3_BUCKET"):
        monkeypatch.delenv(name)
    with pytest.raises(EnvError, match=said):
        installed_with(monkeypatch, variables)


SECRETS = {"STRIPE_WEBHOOK_SECRETS": "whsec_new-secret,whsec_old-secret"}
REAL = {"STRIPE_SECRET_KEY": "sk_live_0123456789", **SECRETS}
SIMULATED = {
    "STRIPE_SECRET_KEY": "sk_simulator_0123456789",
    "STRIPE_API_BASE": "http://127.0.0.1:12111",
    **SECRETS,
}


def installed_with(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> Environment:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return read_environment()


def test_stripe_is_taken_as_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = read_environment()
    assert (nothing.stripe_secret_key, nothing.checkout_origin) == ("", None)
    real = installed_with(monkeypatch, REAL)
    assert real.stripe_webhook_secrets == ["whsec_new-secret", "whsec_old-secret"]
    assert (real.checkout_origin, real.simulates_stripe) == ("https://checkout.stripe.com", False)
    simulated = installed_with(monkeypatch, SIMULATED)
    assert (simulated.checkout_origin, simulated.simulates_stripe) == ("http://127.0.0.1:12111", True)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({**REAL, "STRIPE_SECRET_KEY": "pk_live_0123456789"}, "STRIPE_SECRET_KEY"),
        ({**REAL, "STRIPE_SECRET_KEY": "a-password"}, "STRIPE_SECRET_KEY"),
        ({"STRIPE_SECRET_KEY": "sk_live_0123456789"}, "STRIPE_WEBHOOK_SECRETS"),
        ({**REAL, "STRIPE_WEBHOOK_SECRETS": "whsec_new-secret,"}, "STRIPE_WEBHOOK_SECRETS"),
        # A real key that would go to somebody else, and the simulator's that would go to Stripe or into the network.
        ({**REAL, "STRIPE_API_BASE": "https://api.stripe.com.example"}, "STRIPE_API_BASE"),
        ({**REAL, "STRIPE_API_BASE": "http://127.0.0.1:12111"}, "STRIPE_API_BASE"),
        ({**SIMULATED, "STRIPE_API_BASE": "https://api.stripe.com"}, "STRIPE_API_BASE"),
        ({**SIMULATED, "STRIPE_API_BASE": "http://127.0.0.1.example:80"}, "STRIPE_API_BASE"),
    ],
)
def test_stripe_set_up_by_half_is_refused_without_saying_its_secrets(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str
) -> None:
    with pytest.raises(EnvError, match=said) as refusal:
        installed_with(monkeypatch, variables)
    assert not [value for value in ("0123456789", "a-password", "new-secret") if value in str(refusal.value)]


@pytest.mark.parametrize(
    ("variables", "starts"),
    [
        (REAL, True),
        (SIMULATED, False),
        # The benchmark's way, which production's own rule keeps on loopback.
        ({**SIMULATED, "INSECURE_HTTP": "true", "BASE_URL": "http://127.0.0.1:8000"}, True),
    ],
)
def test_production_takes_no_payments_that_are_played(variables: dict[str, str], starts: bool) -> None:  # noqa: FBT001
    environment = our_environment(**SET, **SECRETS) | variables | {"AUTHORITIES_FILE": certifi.where()}
    look = "import os, medconsult.settings.prod as p; print(p.PAYMENT_PROVIDER, os.environ['AWS_CA_BUNDLE'])"
    command = [sys.executable, "-c", look]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.stdout.strip() == (f"stripe {certifi.where()}" if starts else "")
    assert ("STRIPE_SECRET_KEY is the simulator's" in ran.stderr) == (not starts)


NHS_LOGIN = {"NHS_LOGIN_ISSUER": "https://auth.login.nhs.uk", "NHS_LOGIN_CLIENT_ID": "clinic"}


@pytest.fixture(scope="module")
def key_of_nhs_login() -> str:
    return b64encode(RSAKey.generate_key(2048).as_pem(private=True)).decode()


WORK_LOGIN = {
    "WORK_LOGIN_ISSUER": "https://sso.riverside.example/realms/staff",
    "WORK_LOGIN_CLIENT_ID": "clinic",
    "WORK_LOGIN_CLIENT_SECRET": "canary",
}


@pytest.mark.parametrize(
    "wrong", [*({name: ""} for name in WORK_LOGIN), {"WORK_LOGIN_ISSUER": "http://sso.riverside.example"}]
)
def test_a_work_sign_in_that_cannot_work_does_not_start(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]) -> None:
    assert read_environment().work_login is None
    for name, value in WORK_LOGIN.items():
        monkeypatch.setenv(name, value)
    known = read_environment().work_login
    assert known
    assert (known.issuer, known.name) == (WORK_LOGIN["WORK_LOGIN_ISSUER"], "work account")
    assert "canary" not in repr(known)
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(EnvError, match=next(iter(wrong))) as told:
        read_environment()
    assert "canary" not in str(told.value)


@pytest.mark.parametrize("missing", [*NHS_LOGIN, "NHS_LOGIN_PRIVATE_KEY"])
def test_half_of_nhs_login_does_not_start(monkeypatch: pytest.MonkeyPatch, key_of_nhs_login: str, missing: str) -> None:
    for name, value in (NHS_LOGIN | {"NHS_LOGIN_PRIVATE_KEY": key_of_nhs_login}).items():
        monkeypatch.setenv(name, value)
    known = read_environment().nhs_login
    assert known
    assert (known.client_id, known.records_level, known.booking_level, known.binds_linked) == (
        "clinic",
        "P9",
        "P0",
        False,
    )
    monkeypatch.delenv(missing)
    with pytest.raises(EnvError, match="come together"):
        read_environment()


@pytest.mark.parametrize(
    "wrong",
    [
        {"NHS_LOGIN_ISSUER": "http://auth.login.nhs.uk"},
        {"NHS_LOGIN_PRIVATE_KEY": "canary"},
        {"NHS_LOGIN_PRIVATE_KEY": b64encode(RSAKey.generate_key(2048).as_pem(private=False)).decode()},
        {"NHS_LOGIN_RECORDS_LEVEL": "P7"},
    ],
)
def test_nhs_login_that_cannot_work_does_not_start(
    monkeypatch: pytest.MonkeyPatch, key_of_nhs_login: str, wrong: dict[str, str]
) -> None:
    for name, value in (NHS_LOGIN | {"NHS_LOGIN_PRIVATE_KEY": key_of_nhs_login} | wrong).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(EnvError, match=next(iter(wrong))) as told:
        read_environment()
    assert "canary" not in str(told.value)


@pytest.mark.django_db
def test_the_sample_accounts_do_not_come_into_a_real_installation(settings: Settings) -> None:
    settings.DEVELOPMENT_PAGES, settings.BASE_URL = False, "https://www.clinic.example"
    with pytest.raises(CommandError, match="password"):
        call_command("seed_demo")
    assert not User.objects.exists()


def test_two_step_sign_in_is_demanded_unless_an_installation_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TWO_STEP_REQUIRED", raising=False)
    assert read_environment().two_step_required
    monkeypatch.setenv("TWO_STEP_REQUIRED", "false")
    assert not read_environment().two_step_required


def test_what_is_wrong_is_told_at_once_and_in_a_line_each() -> None:
    environment = our_environment(**SET) | {"FIELD_ENCRYPTION_KEYS": "canary-key"}
    del environment["SECRET_KEY"], environment["EMAIL_URL"]
    ran = started("web", environment)
    told = ran.stderr.splitlines()
    assert ran.returncode == WRONG_CONFIGURATION
    assert all(line.startswith("MedConsult does not start: ") for line in told)
    for name, line in zip(("SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "EMAIL_URL"), told, strict=True):
        assert name in line
    assert "canary" not in ran.stderr
    assert "DATABASE_OWNER_URL: is not set" in started("migrate", environment).stderr
    for job, pool in (("web", "WEB_POOL_URL"), ("bulk-worker", "WORKER_POOL_URL")):
        ran = started(job, our_environment(**SET) | {pool: "postgres://medconsult_app:canary#@pgbouncer/x"})
        [line] = ran.stderr.splitlines()
        assert (ran.returncode, pool in line, "canary" in line) == (WRONG_CONFIGURATION, True, False)
    played = {**our_environment(**SET), **SIMULATED}
    assert "STRIPE_SECRET_KEY is the simulator's" in started("worker", played).stderr
    clear = our_environment(**SET, DATABASE_OWNER_URL=SET["DATABASE_URL"]) | {"BASE_URL": "http://www.clinic.example"}
    assert "BASE_URL is http://www.clinic.example" in started("restore", clear).stderr


def started(job: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The image's entrypoint, from the repository as the image has it."""
    entrypoint = ["sh", "docker/entrypoint.sh", job]
    folder = f"{Path(sys.executable).parent}:{environment['PATH']}"
    env = {**environment, "PATH": folder, "DJANGO_SETTINGS_MODULE": "medconsult.settings.prod"}
    return subprocess.run(entrypoint, cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False)


def test_what_the_readme_says_can_be_set_reaches_the_containers() -> None:
    rows = re.findall(r"^\| (`[A-Z0-9_`, ]+) \|", (REPOSITORY / "README.md").read_text(), re.MULTILINE)
    listed = {name for row in rows for name in re.findall(r"[A-Z0-9_]{4,}", row)}
    assert listed > GIVEN
    services = yaml.safe_load((REPOSITORY / "docker" / "compose.yaml").read_text())["services"]
    for service in ("migrate", "backup", "web", "worker", "beat"):
        missing = listed - GIVEN - set(services[service]["environment"])
        assert missing <= ({"TRUSTED_PROXY_COUNT"} if service != "web" else set())
