"""The example client goes the whole way: against the site and the simulator, as they run for the journeys."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from accounts.tests.factories import PASSWORD
from billing.models import Receipt, Refund
from billing.tests.steps import work
from booking.models import Appointment
from booking.states import Status
from booking.tests.steps import decide
from integrations.stripe.simulator.engine import Simulator
from tests.journeys.scenes import a_patient, account_of, free_doctor

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "book_a_visit.py"


@pytest.mark.django_db(transaction=True)
def test_the_example_books_pays_and_cancels(
    live_server: Any, stripe_tells: Simulator, monkeypatch: pytest.MonkeyPatch, settings: Any, capsys: Any
) -> None:
    settings.BASE_URL = live_server.url
    decide(pay_at_clinic=False, free_cancellation_hours=1)
    free_doctor(price_minor=4500)
    user = account_of(a_patient())
    spec = spec_from_file_location("book_a_visit", EXAMPLE)
    assert spec
    assert spec.loader
    client: Any = module_from_spec(spec)
    spec.loader.exec_module(client)
    # While it waits the workers go on.
    monkeypatch.setattr(client.time, "sleep", lambda _seconds: work())

    assert client.main(["--base", live_server.url, "--email", user.email, "--password", PASSWORD]) == 0

    work()
    appointment = Appointment.objects.get()
    assert (appointment.status, Receipt.objects.count(), Refund.objects.count()) == (Status.CANCELLED, 2, 1)
    assert stripe_tells.balance() == 0
    assert "To pay: 45.00 GBP" in capsys.readouterr().out
    assert not user.auth_token_set.exists()
