"""What is sent to the API where an empty body would be refused before anybody asks who sends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from booking.selectors import limits_seen, week_version
from booking.tests.factories import next_slot_start
from records.tests.document_steps import a_pdf
from records.tests.prescribing import read
from tests.permissions.matrix.people import Who
from tests.permissions.matrix.world import World
from verification.tests.factories import in_days

Body = dict[str, Any]
_NOBODY = str(UUID(int=0))


def choice(world: World) -> Body:
    """A free time of doctor A's."""
    return {
        "visit_type": str(world.doctor_a.visit_types.get().public_id),
        "location": world.place_a.slug,
        "start": next_slot_start(5).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _window(world: World) -> Body:
    return {"location": world.place_a.slug, "weekday": 6, "start_time": "18:00", "end_time": "19:00"}


def _hours(days: int) -> Body:
    start = next_slot_start(days)
    return {"start": start.isoformat(), "end": start.replace(hour=start.hour + 1).isoformat()}


def _several(world: World) -> Body:
    return {"rules": [str(world.rule_a.public_id)], "version": week_version(world.doctor_a)}


def _share(world: World) -> Body:
    return {"doctor": str(world.colleague.public_id), "until": in_days(9).isoformat(), "reason": "A second opinion"}


def _profile(_world: World) -> Body:
    born = date(1986, 3, 27).isoformat()
    return {"given_name": "New", "family_name": "Name", "birth_date": born, "phone": "07700 900123"}


def _particulars(_world: World) -> Body:
    return {"title": "Dr", "given_name": "Fenella", "family_name": "Unlistedson", "gmc_number": "7999002"}


def _document(_world: World) -> Body:
    return {"category": "result", "title": "One more", "file": a_pdf()}


_WHY = {f"api_prescription_{do}": lambda _: {"reason": "For one"} for do in ("hold", "cancel", "stop", "replace")}

API_BODIES: dict[str, Callable[[World], Body]] = {
    "api_appointments": lambda world: {**choice(world), "reason": "A talk"},
    "api_move": lambda world: {"start": choice(world)["start"]},
    "api_profile": _profile,
    "api_carers": lambda _: {"email": "a.new.helper@example.org", "relation": "friend", "scopes": ["can_see"]},
    "api_carer_change": lambda _: {"scopes": ["can_see"]},
    "api_preferences": lambda _: {"choices": []},
    "api_text_number": lambda _: {"mobile": "07700 900456"},
    "api_text_confirm": lambda _: {"code": "000000"},
    "api_correct_noshow": lambda _: {"reason": "seen"},
    "api_enter_in_error": lambda _: {"reason": "twice"},
    "api_conceal": lambda _: {"is_confidential": True},
    "api_shares": lambda _: {"email": "a.new.helper@example.org"},
    "api_rule_add": _window,
    "api_rule": _window,
    "api_rules_change": lambda world: {**_several(world), "end_time": "16:00"},
    "api_rules_remove": _several,
    "api_day_copy": lambda _: {"weekday": 0, "to": [0, 1]},
    "api_outside_hours": lambda _: {"appointments": []},
    "api_limits": lambda world: {"daily_cap": 9, "seen": limits_seen(world.doctor_a)},
    "api_leave_add": lambda _: _hours(20),
    "api_leave_appointments": lambda _: {"appointments": []},
    "api_extra_add": lambda world: {**_hours(50), "location": world.place_a.slug},
    "api_running_late": lambda _: {"appointments": [], "minutes": 20},
    "api_cancel_rest": lambda _: {"appointments": []},
    "api_complain": lambda _: {"reason": "not-seen"},
    "api_change_visit": lambda world: {"visit_type": choice(world)["visit_type"]},
    "api_desk": lambda _: {"method": "cash", "amount_minor": 100},
    "api_desk_given": lambda _: {"refund": _NOBODY},
    "api_desk_mistake": lambda _: {"note": "Paid by card"},
    "api_note_draft": lambda _: {"sections": {"plan": "Something else"}},
    "api_note_error": lambda world: {"reason": "Wrong", "colleague": world.people[Who.COLLEAGUE].email},
    "api_note_error_answer": lambda _: {"agrees": False},
    "api_note_search": lambda _: {"words": "canarynoteof"},
    "api_record_share": _share,
    "api_part_share": _share,
    "api_news": lambda _: {"things": []},
    "api_break_glass": lambda _: {"who": "nobody@example.org", "birth_date": "1986-03-27", "reason": "An emergency"},
    "api_documents": _document,
    "api_patient_documents": _document,
    "api_document_replace": lambda _: {"file": a_pdf()},
    "api_document_error": lambda _: {"reason": "Blurred"},
    "api_prescription_check": lambda _: {"code": "nothing", "birth_date": "1986-03-27"},
    "api_prescription_draft": lambda _: {"items": [{"drug": "Omeprazole"}]},
    "api_prescription_sign": lambda world: {"particulars": read(world.prescriptions["draft"])},
    "api_prescription_allergies": lambda _: {"substance": "Latex"},
    "api_prescription_allergy_end": lambda world: {"allergy": str(world.allergies["b"].public_id)},
    "api_prescription_error": lambda _: {"reason": "For one"},
    **_WHY,
    "api_allergies": lambda _: {"substance": "Latex"},
    "api_verification": _particulars,
    "api_particulars": _particulars,
    "api_verification_item": lambda _: {"stated_expires_on": in_days(300).isoformat()},
    "api_evidence_add": lambda _: {"file": a_pdf()},
    "api_own_page": lambda _: {
        "seen": 1,
        "biography": "Something new",
        "interests": [],
        "qualifications": [],
        "questions": [],
    },
}
