"""Words that only some may ever read, each in one field of the world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.permissions.matrix.people import ADMINISTRATORS, AUDITORS, BILLING_OFFICERS, OFFICERS, Who

if TYPE_CHECKING:
    from tests.permissions.matrix.world import World


@dataclass(frozen=True)
class Canary:
    """A word that stands in one field, and those who may ever read it there; anybody else who gets it has a leak."""

    name: str
    word: str
    readers: frozenset[Who]


def _of_records(a: Who, b: Who) -> Mapping[str, tuple[str, frozenset[Who]]]:
    return {
        "A's note": ("canarynoteofa", frozenset({a, Who.DOCTOR_A, Who.COLLEAGUE})),
        "B's note": ("canarynoteofb", frozenset({b, Who.DOCTOR_B})),
        "B's draft": ("canarynotedraftofb", frozenset({Who.DOCTOR_B})),
        "A's document": ("canarydocumentofa", frozenset({a, Who.DOCTOR_A, Who.COLLEAGUE})),
        "a mistake in A's record": ("canarymistakeofa", frozenset({Who.DOCTOR_A})),
        "B's document": ("canarydocumentofb", frozenset({b, Who.DOCTOR_B})),
        "B's proof of identity": ("canaryidentityofb", frozenset({b})),
        "what B has just sent": ("canarywaitingofb", frozenset({b})),
        "why a record was opened in an emergency": ("canaryemergency", frozenset({Who.ADMINISTRATOR, Who.AUDITOR})),
        "A's address at home": ("canaryaddressofzephyrine", frozenset({a, Who.DOCTOR_A, Who.COLLEAGUE})),
        "B's address at home": ("canaryaddressofbarnabus", frozenset({b, Who.DOCTOR_B})),
        "A's prescription": ("canaryrxofa", frozenset({a, Who.DOCTOR_A, Who.COLLEAGUE})),
        "B's prescription": ("canaryrxofb", frozenset({b, Who.DOCTOR_B})),
        "B's draft of a prescription": ("canaryrxdraftofb", frozenset({Who.DOCTOR_B})),
        "A's allergy": ("canaryallergyofa", frozenset({a, Who.DOCTOR_A, Who.COLLEAGUE})),
        "B's allergy": ("canaryallergyofb", frozenset({b, Who.DOCTOR_B})),
    }


def canaries_in(world: World) -> list[Canary]:
    """Words that stand in the world's fields, each with those who may ever read it there."""
    a, b = Who.PATIENT_A, Who.PATIENT_B
    of_visit_a = frozenset({a, Who.CARER_A, Who.COLLEAGUE, Who.DOCTOR_A, Who.STAFF_HERE, Who.STAFF_ELSEWHERE})
    of_visit_b = frozenset({b, Who.DOCTOR_B, Who.STAFF_ELSEWHERE})
    accounts = ADMINISTRATORS | AUDITORS
    found: Mapping[str, tuple[str, frozenset[Who]]] = {
        # Officers who decide about somebody's money see whose it is.
        "A's name": ("Quillfeather", of_visit_a | BILLING_OFFICERS),
        "A's given name": ("Zephyrine", of_visit_a | BILLING_OFFICERS),
        "B's name": ("Underhollow", of_visit_b | BILLING_OFFICERS),
        "what A says of a payment": ("canarycomplaintofa", BILLING_OFFICERS | {a}),
        "what B says of a payment": ("canarycomplaintofb", BILLING_OFFICERS | {b}),
        "A's address": ("quillfeather@example.org", ADMINISTRATORS | {a}),
        "B's address": ("underhollow@example.org", ADMINISTRATORS | {b}),
        "A's account": ("Ofquillfeather", accounts | {a, Who.DOCTOR_A, Who.STAFF_HERE}),
        "A's phone number": ("07700 900911", frozenset({a, Who.DOCTOR_A, Who.STAFF_HERE})),
        "A's phone number, stored": ("+447700900911", frozenset({a, Who.DOCTOR_A, Who.STAFF_HERE})),
        "B's phone number": ("07700 900922", frozenset({b, Who.DOCTOR_B, Who.STAFF_ELSEWHERE})),
        "A's NHS number": ("999 000 0018", frozenset({a})),
        "A's NHS number, stored": ("9990000018", frozenset({a})),
        "B's NHS number": ("999 000 0026", frozenset({b})),
        "why A comes": ("canaryreasonofa", frozenset({a, Who.DOCTOR_A})),
        "why B comes": ("canaryreasonofb", frozenset({b, Who.DOCTOR_B})),
        "why the suspended doctor's patient comes": ("canaryreasonofs", frozenset()),
        "what A needs to come": ("canaryneedofa", frozenset({a, Who.CARER_A, Who.DOCTOR_A, Who.STAFF_HERE})),
        "what B needs to come": ("canaryneedofb", frozenset({b, Who.DOCTOR_B, Who.STAFF_ELSEWHERE})),
        "what A agreed to": ("canaryconsentofa", frozenset({a})),
        "what B agreed to": ("canaryconsentofb", frozenset({b})),
        "A's reference": (world.visit_a.reference, of_visit_a | BILLING_OFFICERS | {Who.ADMINISTRATOR}),
        "B's reference": (world.visit_b.reference, of_visit_b | BILLING_OFFICERS | {Who.ADMINISTRATOR}),
        "the suspended doctor's reference": (world.visit_suspended.reference, OFFICERS | {Who.ADMINISTRATOR}),
        **_of_records(a, b),
        "doctor A's note on leave": ("canaryleavea", frozenset({Who.DOCTOR_A})),
        "doctor B's note on leave": ("canaryleaveb", frozenset({Who.DOCTOR_B})),
        "the new doctor's file": ("canaryfileofnew", OFFICERS | {Who.DOCTOR_NEW}),
        "doctor B's file": ("canaryfileofb", OFFICERS | {Who.DOCTOR_B}),
        "the new doctor's words": ("canaryanswerofnew", OFFICERS | {Who.DOCTOR_NEW}),
        "the number of A's receipt": (world.receipt_a.number, frozenset({a, Who.BILLING})),
        "the number of B's receipt": (world.receipt_b.number, frozenset({b, Who.BILLING})),
        "a doctor's words in a case": ("canarystatement", OFFICERS),
        "an officer's note on an item": ("canaryitemnote", OFFICERS),
        "an officer's note on a case": ("canarycasenote", OFFICERS),
    }
    return [Canary(name, word, readers) for name, (word, readers) in found.items()]
