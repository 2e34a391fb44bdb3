"""What is sent where an empty form would be refused before anybody asks who sends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from booking.selectors import limits_seen, week_version
from booking.tests.factories import next_slot_start
from records.tests.document_steps import a_pdf
from records.tests.prescribing import read
from tests.permissions.matrix.api_bodies import API_BODIES, choice
from tests.permissions.matrix.people import Who
from tests.permissions.matrix.world import World
from verification.tests.factories import in_days

Body = dict[str, Any]
CHANGES_OF_PRESCRIPTIONS = ("hold", "cancel", "stop", "replace", "error")


def body_of(world: World, key: str) -> Body:
    """For a POST to that route: what it takes to be done, and nothing where the button is enough."""
    bodies = BODIES | API_BODIES
    return bodies[key](world) if key in bodies else {}


def query_of(world: World, key: str) -> str:
    """What an address needs besides its path to name anything."""
    if key == "api_slots":
        return f"?visit_type={choice(world)['visit_type']}"
    if key in ("booking:move_confirm", "booking:linked_move_confirm"):
        return f"?start={choice(world)['start']}"
    return f"?{urlencode(choice(world))}" if key == "booking:confirm" else ""


def _particulars(_world: World) -> Body:
    return {"title": "Dr", "given_name": "Fenella", "family_name": "Unlistedson", "gmc_number": "7999002"}


def _birth_date() -> Body:
    return {"birth_date_day": "27", "birth_date_month": "3", "birth_date_year": "1986"}


def _profile(_world: World) -> Body:
    return {"given_name": "New", "family_name": "Name", "phone": "07700 900123", **_birth_date()}


def _terms(_world: World) -> Body:
    return {"scopes": ["can_see"]}


def _sections(_world: World) -> Body:
    return {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-key": "plan", "form-0-position": "x"}


def _share(world: World) -> Body:
    return {"doctor": str(world.colleague.public_id), "until": in_days(9).isoformat(), "reason": "A second opinion"}


def _rule(world: World) -> Body:
    return {"location": str(world.place_a.pk), "weekday": "6", "start_time": "18:00", "end_time": "19:00"}


def _extra(world: World) -> Body:
    day = in_days(50).isoformat()
    return {"location": str(world.place_a.pk), "day": day, "from_time": "20:00", "until_time": "21:00"}


def _leave(_world: World) -> Body:
    day = next_slot_start(20).date().isoformat()
    return {"first_day": day, "last_day": day}


def _reason(_world: World) -> Body:
    return {"reason-reason_code": "evidence", "reason-reason": "For a reason."}


def _expiry() -> Body:
    day = in_days(300)
    names = {"day": day.day, "month": day.month, "year": day.year}
    return {f"stated_expires_on_{name}": str(value) for name, value in names.items()}


def _document() -> Body:
    return {"category": "result", "title": "One more", "file": a_pdf()}


BODIES: dict[str, Callable[[World], Body]] = {
    "accounts:profile": _profile,
    "accounts:carer_invite": lambda _: {
        "email": "a.new.helper@example.org",
        "relation": "friend",
        "scopes": ["can_see"],
    },
    "accounts:carer_change": _terms,
    "accounts:text_number": lambda _: {"mobile": "07700 900456"},
    "accounts:text_confirm": lambda _: {"code": "000000"},
    "booking:link": lambda _: _birth_date(),
    "billing:take": lambda _: {"method": "cash", "amount": "1.00"},
    "billing:take_back": lambda _: {"note": "Paid by card"},
    "billing:complain": lambda _: {"reason": "not-seen"},
    "billing_payment": lambda _: {"do": "refund", "amount": "1.00", "note": "Late start"},
    "billing_complaint": lambda _: {"is_upheld": "no", "answer": "It took place."},
    "billing_desk": lambda _: {"days": "0"},
    "booking:confirm": lambda _: {"reason": "A talk"},
    "booking:share": lambda _: {"email": "a.new.helper@example.org"},
    "booking:correct_noshow": lambda _: {"reason": "seen"},
    "booking:enter_in_error": lambda _: {"reason": "twice"},
    "booking:rule_add": _rule,
    "booking:leave_add": _leave,
    "booking:extra_add": _extra,
    "booking:day_copy": lambda _: {"weekday": "0", "to": ["0", "1"]},
    "booking:rule_change": lambda world: {**_rule(world), "version": "0"},
    "booking:rules_change": lambda world: {
        "rules": [str(world.rule_a.public_id)],
        "end_time": "16:00",
        "version": str(week_version(world.doctor_a)),
    },
    "booking:limits": lambda world: {"daily_cap": "9", "seen": limits_seen(world.doctor_a)},
    "booking:running_late": lambda _: {"minutes": "20"},
    "credentials:start": _particulars,
    "credentials:particulars": _particulars,
    "credentials:item": lambda _: _expiry(),
    "clinic_closures": lambda _: {"label": "Training", "first_day": in_days(30).isoformat()},
    "location:staff": lambda world: {"email": world.people[Who.CARER_A].email},
    "verification:assign": lambda world: {"assign-assignee": str(world.people[Who.ADMINISTRATOR].public_id)},
    "verification:reject": _reason,
    "verification:suspend": _reason,
    "verification:item_check": lambda _: {
        "check-identity-source": "Seen on paper",
        "check-identity-checked_on": in_days(0).isoformat(),
    },
    "verification:item_ask": lambda _: {"ask-identity-request": "Once more, please."},
    "verification:cancel_appointments": lambda world: {
        "appointments-appointment": [str(world.visit_own.public_id)],
        "appointments-confirmed": "on",
    },
    "records:edit": lambda _: {"version": "1", "plan": "Something else"},
    "records:discard": lambda _: {"version": "1"},
    "records:sign": lambda _: {"version": "1"},
    "records:error": lambda world: {"reason": "Wrong", "colleague": world.people[Who.COLLEAGUE].email},
    "glass_review": lambda _: {"finding": "justified", "note": "It was needed"},
    "note_sections_edit": _sections,
    "records:note_search": lambda _: {"words": "canarynoteof"},
    "records:share_record": _share,
    "records:share_part": _share,
    "records:error_answer": lambda _: {"agrees": "no"},
    "records:document_add": lambda _: _document(),
    "records:documents_sent": lambda _: _document(),
    "records:patient_document_add": lambda _: _document(),
    "records:patient_documents_sent": lambda _: _document(),
    "records:document_replace": lambda _: {"file": a_pdf()},
    "records:document_error": lambda _: {"reason": "Blurred"},
    "records:prescription_edit": lambda _: {"version": "1", "count": "1", "item-0-drug": "Omeprazole"},
    "records:prescription_discard": lambda _: {"version": "1"},
    "records:prescription_sign": lambda world: {"version": "1", "particulars": read(world.prescriptions["draft"])},
    "records:prescription_allergies": lambda _: {"substance": "Latex"},
    **{f"records:prescription_{do}": lambda _: {"reason": "For one"} for do in CHANGES_OF_PRESCRIPTIONS},
    "own_page:edit": lambda _: {"do": "send", "biography": "Something new", "seen": "1"},
    "home_proposal": lambda _: {"do": "ask", "comment": "Shorter", "version": "1", "revision": "0"},
    "wagtailusers_users:access_change": lambda _: {"do": "give", "role": "Auditors"},
    "wagtailusers_users:edit": lambda _: {"first_name": "New", "last_name": "Name"},
}
