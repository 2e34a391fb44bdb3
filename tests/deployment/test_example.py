"""The example client goes the whole way through production: Nginx, Gunicorn and a worker, each a process.

Stripe is played by the simulator, which production takes on loopback alone, with INSECURE_HTTP; TLS is Nginx's.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from accounts.tests.factories import PASSWORD
from billing.models import Receipt, Refund
from billing.states import RefundStatus
from booking.models import Appointment
from booking.states import Status
from booking.tests.steps import decide
from devtools.places import ROOT
from devtools.process import Child, Command
from integrations.stripe.addresses import WEBHOOK_PATH
from integrations.stripe.simulator.engine import Simulator
from integrations.stripe.simulator.server import telling
from tests.deployment.pair import prepared, running
from tests.faults.mail_server import MailServer
from tests.faults.steps import is_long, wait_for
from tests.journeys.scenes import a_patient, account_of, free_doctor

EXAMPLE = ROOT / "docs" / "examples" / "book_a_visit.py"


@pytest.mark.skipif(not is_long(), reason="Only with RACE_ROUNDS=100, as make test-long asks")
@pytest.mark.timeout(900)
def test_it_signs_in_books_pays_and_cancels(
    transactional_db: None,
    production: dict[str, str],
    stripe_simulator: Simulator,
    stripe_environment: dict[str, str],
    settings: Any,
    tmp_path: Path,
) -> None:
    decide(pay_at_clinic=False, free_cancellation_hours=1)
    free_doctor(price_minor=4500)
    user = account_of(a_patient())
    # As production hashes it.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    user.set_password(PASSWORD)
    user.save()
    mails = MailServer()
    mails.take()
    mail = {"EMAIL_URL": f"smtp://127.0.0.1:{mails.settings['EMAIL_PORT']}"}
    pair = prepared(tmp_path / "pair", {**production, **stripe_environment, **mail, "INSECURE_HTTP": "true"})
    worker = job(pair.environment, "worker", tmp_path)
    try:
        with running(pair, "web"), telling(stripe_simulator, f"http://localhost:{pair.ports['web']}{WEBHOOK_PATH}"):
            given = ["--base", pair.url, "--email", user.email, "--password", PASSWORD]
            trusting = {**pair.environment, "SSL_CERT_FILE": str(pair.folder / "tls" / "fullchain.pem")}
            ran = subprocess.run(
                [sys.executable, "-I", str(EXAMPLE), *given], env=trusting, capture_output=True, text=True, check=False
            )
            print(ran.stdout)
            assert ran.returncode == 0, ran.stderr
            wait_for(lambda: Refund.objects.filter(status=RefundStatus.SUCCEEDED).count() == 1, worker)
            wait_for(lambda: Receipt.objects.count() == 2, worker)
            # So has the mail; of what was overtaken by the next news none.
            wait_for(lambda: bool(mails.arrived[user.email]), worker)
    finally:
        mails.stop()
        worker.stop()
    assert Appointment.objects.get().status == Status.CANCELLED
    assert stripe_simulator.balance() == 0


def job(environment: dict[str, str], name: str, folder: Path) -> Child:
    """As docker/entrypoint.sh starts it."""
    argv = ["sh", "docker/entrypoint.sh", name]
    path = f"{Path(sys.executable).parent}:{environment['PATH']}"
    command = Command(name=name, argv=argv, log=folder / f"{name}.log", env={**environment, "PATH": path}, grace=20)
    return Child(command)
