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
_RECORDED: dict[str, tuple[str, bool, bool, bool, str]] = {
    "9900101": ("Amara Okafor", True, False, True, ""),
    "9900102": ("James Whitfield", True, True, False, ""),
    "9900103": ("Priya Raman", True, True, False, ""),
    "9900104": ("Yusuf Rahman", True, False, True, ""),
    "9900105": ("Siobhán Kelly", True, True, False, ""),
    "9900106": ("Harpreet Gill", True, True, False, ""),
    "9900107": ("Fatima Al-Hassan", True, True, False, ""),
    "9900108": ("Daniel Mensah", True, True, False, ""),
    "9900109": ("Mei-Ling Chen", True, True, False, ""),
    "9900110": ("Tomasz Nowak", True, True, False, ""),
    "9900111": ("Eleanor Hughes", True, False, True, ""),
    "9900112": ("Kwame Asante", True, True, False, ""),
    "9900113": ("Nia Campbell", True, True, False, ""),
    "9900114": ("Oliver Bennett", True, True, False, ""),
    "9900115": ("Leila Hosseini", True, True, False, ""),
    "9900116": ("Rhys Morgan", True, False, True, ""),
    "9900117": ("Ananya Iyer", True, False, True, ""),
    "9900118": ("Marcus Grant", True, True, False, ""),
    "9900119": ("Hannah Goldberg", True, True, False, ""),
    "9900120": ("Kenji Watanabe", True, True, False, ""),
    "9900121": ("Charlotte Ashworth", True, True, False, ""),
    "9900122": ("Ibrahim Diallo", True, True, False, "Must work under supervision in a new specialty."),
    "9900123": ("Zainab Malik", True, False, True, ""),
    "9900124": ("Victor Hale", False, True, False, ""),
    "9900125": ("Imogen Castle", True, False, True, ""),
}
