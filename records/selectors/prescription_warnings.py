"""What a doctor is told before they sign: what the patient does not bear, and what they take already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from common.templatetags.when import long_date
from records.digests import digest_of
from records.drug_list import substances_of, words_of
from records.models import Allergy, Drug, Prescription
from records.prescription_content import PrescriptionContent
from records.selectors.allergies import allergies_visible_to, allergy_told, substance_of
from records.selectors.drugs import drugs_named
from records.selectors.prescription_signatures import prescription_readings
from records.selectors.prescriptions import taken_of
from records.states import PrescriptionStatus


@dataclass(frozen=True, kw_only=True)
class DrugWarning:
    """`kind` is `allergy`, `duplicate`, or `unread`: what is on another prescription cannot be relied on."""

    kind: str
    text: str


def warnings_for(
    user: User, prescription: Prescription, content: PrescriptionContent, *, now: datetime
) -> list[DrugWarning]:
    """Of the patient's allergies those that a medicine matches, and medicines that they would be given twice.

    An allergy matches by words: its own with those of the medicine's name and groups. What is given twice is told by
    the substances of `records.drug_list`. An allergy that cannot be read warns whatever is prescribed. Both find what
    the lists know, and take no doctor's thinking.
    """
    names = [item.drug for item in content.items if item.drug]
    allergies = list(allergies_visible_to(user, prescription.patient))
    taken, unread = _taken(user, prescription, now)
    substances = {one: said for one in allergies if (said := substance_of(one)) is not None}
    drugs = drugs_named([*names, *substances.values(), *(name for name, _ in taken)])
    unknown = [_unknown(one) for one in allergies if one not in substances]
    found = [warning for name in dict.fromkeys(names) for warning in _allergic(name, drugs, substances)]
    twice = _twice(names, drugs) + _taken_already(names, taken, drugs)
    return list(dict.fromkeys(unknown + found + twice + unread))


def warnings_digest(warnings: Sequence[DrugWarning]) -> str:
    """Names just these warnings: whoever has read them signs with it. Empty where there are none."""
    return digest_of({"warnings": [[one.kind, one.text] for one in warnings]}) if warnings else ""


def _unknown(allergy: Allergy) -> DrugWarning:
    text = f"{allergy_told(allergy)}: no medicine was compared with it. Ask the patient what they do not bear."
    return DrugWarning(kind="allergy", text=text)


def _allergic(name: str, drugs: dict[str, Drug], substances: Mapping[Allergy, str]) -> list[DrugWarning]:
    known = _kinds(name, drugs)
    matching = [
        one
        for one, substance in substances.items()
        if any(_meet(said, word) for said in _kinds(substance, drugs) for word in known)
    ]
    return [
        DrugWarning(kind="allergy", text=f"{name}: the patient has an allergy to {allergy_told(one)}.")
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


def _twice(names: Sequence[str], drugs: dict[str, Drug]) -> list[DrugWarning]:
    return [
        _duplicate(name, other, "stands here twice", "stands here too")
        for position, name in enumerate(names)
        for other in names[:position]
        if _same(name, other, drugs)
    ]


def _taken(
    user: User, prescription: Prescription, now: datetime
) -> tuple[list[tuple[str, Prescription]], list[DrugWarning]]:
    """The medicines of the other prescriptions that stand, each with its own, and that of some nobody knows what is on
    them: two statements, however many."""
    others = [one for one in taken_of(user, prescription.patient, now=now) if one.pk != prescription.pk]
    signed = [reading.signed for reading in prescription_readings(others)]
    read = list(zip(others, signed, strict=True))
    taken = [(item.drug, other) for other, text in read for item in (text.content.items if text else ())]
    return taken, [_unread(other) for other, text in read if text is None]


def _unread(other: Prescription) -> DrugWarning:
    when = f" of {long_date(other.signed_at)}" if other.signed_at else ""
    text = (
        f"A prescription by {other.doctor.name}{when} is not as it was signed, so your medicines were not compared "
        "with it. Ask the patient what they take."
    )
    return DrugWarning(kind="unread", text=text)


def _taken_already(
    names: Sequence[str], taken: Sequence[tuple[str, Prescription]], drugs: dict[str, Drug]
) -> list[DrugWarning]:
    return [
        _duplicate(name, had, where := _where(other), where)
        for name in names
        for had, other in taken
        if _same(name, had, drugs)
    ]


def _where(other: Prescription) -> str:
    if other.status == PrescriptionStatus.COMPLETED:
        return f"was dispensed on {long_date(other.changed_at)}, prescribed by {other.doctor.name}"
    return f"is on a prescription by {other.doctor.name} that is still valid"


def _same(name: str, other: str, drugs: dict[str, Drug]) -> bool:
    """Whether one of the two holds what the other holds."""
    return not _substances(name, drugs).isdisjoint(_substances(other, drugs))


def _substances(name: str, drugs: dict[str, Drug]) -> frozenset[str]:
    drug = drugs.get(name.lower())
    return substances_of(name, tuple(drug.groups) if drug else ())


def _duplicate(name: str, other: str, why: str, why_of_other: str) -> DrugWarning:
    """`other` is what holds the same: another name of it, or the same name."""
    is_named_alike = words_of(name) == words_of(other)
    text = f"It {why}." if is_named_alike else f"{other}, which holds the same, {why_of_other}."
    return DrugWarning(kind="duplicate", text=f"{name}: {text}")
