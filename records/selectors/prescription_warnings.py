"""What a doctor is told before they sign: what the patient does not bear, and what they take already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from records.digests import digest_of
from records.drug_list import words_of
from records.models import Allergy, Drug, Prescription
from records.prescription_content import PrescriptionContent
from records.selectors.allergies import allergies_visible_to
from records.selectors.drugs import drugs_named
from records.selectors.prescription_signatures import reading_of
from records.selectors.prescriptions import standing_of


@dataclass(frozen=True, kw_only=True)
class DrugWarning:
    """`kind` is `allergy` or `duplicate`."""

    kind: str
    text: str


def warnings_for(
    user: User, prescription: Prescription, content: PrescriptionContent, *, now: datetime
) -> list[DrugWarning]:
    """Of the patient's allergies those that a medicine matches, and medicines that they would be given twice.

    A match is by words: an allergy's with those of the medicine's name and groups. It finds what is written alike, and
    takes no doctor's thinking.
    """
    names = [item.drug for item in content.items if item.drug]
    allergies = list(allergies_visible_to(user, prescription.patient))
    drugs = drugs_named([*names, *(one.substance for one in allergies)])
    found = [warning for name in dict.fromkeys(names) for warning in _allergic(name, drugs, allergies)]
    twice = [name for name, count in Counter(name.lower() for name in names).items() if count > 1]
    found += [_duplicate(_first(names, name), "It stands here twice.") for name in twice]
    return found + _taken_already(user, prescription, names, now)


def warnings_digest(warnings: Sequence[DrugWarning]) -> str:
    """Names just these warnings: whoever has read them signs with it. Empty where there are none."""
    return digest_of({"warnings": [[one.kind, one.text] for one in warnings]}) if warnings else ""


def _allergic(name: str, drugs: dict[str, Drug], allergies: Sequence[Allergy]) -> list[DrugWarning]:
    known = _kinds(name, drugs)
    matching = [
        one for one in allergies if any(_meet(said, word) for said in _kinds(one.substance, drugs) for word in known)
    ]
    return [
        DrugWarning(kind="allergy", text=f"{name}: the patient has an allergy to {one.substance}{_reaction(one)}.")
        for one in matching
    ]


def _kinds(name: str, drugs: dict[str, Drug]) -> list[set[str]]:
    """What a medicine or a substance is called, and the kinds of medicine that it belongs to."""
    drug = drugs.get(name.lower())
    return [_stems(text) for text in (name, *(drug.groups if drug else ()))]


def _meet(one: set[str], other: set[str]) -> bool:
    """Whether all words of the shorter of the two stand in the longer one."""
    return bool(one and other) and (one <= other or other <= one)


def _stems(text: str) -> set[str]:
    """The words, of which a plural is the same as what it counts: "penicillins", "NSAIDs"."""
    return {word.removesuffix("s") if len(word) > len("nsaid") else word for word in words_of(text)}


def _reaction(allergy: Allergy) -> str:
    return f" ({allergy.reaction})" if allergy.reaction else ""


def _taken_already(user: User, prescription: Prescription, names: list[str], now: datetime) -> list[DrugWarning]:
    wanted = {name.lower() for name in names}
    found = []
    for other in standing_of(user, prescription.patient, now=now):
        signed = reading_of(other).signed
        taken = {item.drug.lower() for item in signed.content.items} if signed and other.pk != prescription.pk else ()
        found += [
            _duplicate(_first(names, name), f"It is on a prescription by {other.doctor.name} that is still valid.")
            for name in sorted(wanted.intersection(taken))
        ]
    return found


def _duplicate(name: str, why: str) -> DrugWarning:
    return DrugWarning(kind="duplicate", text=f"{name}: {why}")


def _first(names: list[str], name: str) -> str:
    """As the doctor has written it."""
    return next(one for one in names if one.lower() == name)
