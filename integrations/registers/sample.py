"""Recorded answers about the demo's doctors, none of whom exists. Never a proof of anything."""

from __future__ import annotations

from common import clock
from integrations.registers.entries import RegisterAway, RegisterEntry

REGISTERED = "Registered with a licence to practise"
WITHOUT_LICENCE = "Registered without a licence to practise"
# A number for seeing what happens while the register does not answer.
AWAY = "9999999"


def look_up(gmc_number: str) -> RegisterEntry | None:
    if gmc_number == AWAY:
        raise RegisterAway
    recorded = _RECORDED.get(gmc_number)
    if recorded is None:
        return None
    name, licence, specialist, general, conditions = recorded
    return RegisterEntry(
        number=gmc_number,
        name=name,
        status=REGISTERED if licence else WITHOUT_LICENCE,
        licence=licence,
        specialist_register=specialist,
        gp_register=general,
        conditions=conditions,
        retrieved_at=clock.now(),
    )


# Number: name, licence, specialist register, GP register, conditions.
_RECORDED: dict[str, tuple[str, bool, bool, bool, str]] = {}
