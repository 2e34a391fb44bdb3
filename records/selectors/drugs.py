from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models.functions import Lower

from records.drug_list import shipped_schedule
from records.models import Drug
from records.prescription_content import Item, PrescriptionContent

# The Misuse of Drugs Regulations 2001 ask for more than this site can give; regulation 15 for Schedules 2 and 3.
REFUSED = {
    1: "Schedule 1 (Misuse of Drugs Regulations 2001) cannot be prescribed at all without a Home Office licence",
    2: "Schedule 2 (Misuse of Drugs Regulations 2001, regulation 15) needs a prescription on the form for controlled "
    "drugs, signed by hand",
    3: "Schedule 3 (Misuse of Drugs Regulations 2001, regulation 15) needs a prescription on the form for controlled "
    "drugs, signed by hand",
}


def drugs_named(names: Iterable[str]) -> dict[str, Drug]:
    """Those of the names that can be prescribed, by the name in small letters."""
    rows = Drug.objects.annotate(small=Lower("name")).filter(is_active=True, small__in={name.lower() for name in names})
    return {drug.name.lower(): drug for drug in rows}


def drugs_to_prescribe() -> list[str]:
    """The names that a doctor is offered: without those that are refused."""
    return [drug.name for drug in Drug.objects.filter(is_active=True) if schedule_of(drug) not in REFUSED]


def schedule_of(drug: Drug) -> int | None:
    """Of the list's and the shipped list's schedule the stricter: an edit takes no shipped medicine out of its own."""
    known = [one for one in (drug.schedule, shipped_schedule(drug.name)) if one]
    return min(known, default=None)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a medicine cannot be signed here, whatever else is said of it; `code` is `not_listed` or `controlled`."""

    code: str
    text: str


def refusals_of(content: PrescriptionContent, *, known: Mapping[str, Drug] | None = None) -> list[Refusal]:
    """Of the medicines that are named; told while they are written, and in the way of the signature.

    `known` is what `drugs_named` has found for these and any others; without it they are read.
    """
    named = [item for item in content.items if item.drug]
    found_here = drugs_named(item.drug for item in named) if known is None else known
    drugs = {key: found_here[key] for item in named if (key := item.drug.lower()) in found_here}
    unlisted = [item.drug for item in named if item.drug.lower() not in drugs]
    schedules = {drug.name: schedule_of(drug) for drug in drugs.values()}
    found = [
        Refusal(code="controlled", text=f"{name} cannot be signed here: {REFUSED[schedule or 0]}.")
        for name, schedule in schedules.items()
        if schedule in REFUSED
    ]
    if unlisted:
        text = f"Not on the list of medicines: {', '.join(unlisted)}. Choose one from the list."
        found.insert(0, Refusal(code="not_listed", text=text))
    if hidden := [item.name for item in named if _names_a_refused(item)]:
        text = f"{'; '.join(hidden)}: this names a medicine of Schedules 1 to 3, which cannot be signed here."
        found.append(Refusal(code="controlled", text=text))
    return found


def _names_a_refused(item: Item) -> bool:
    """Whether anything else that is written of it names a medicine that cannot be signed here."""
    return shipped_schedule(f"{item.form} {item.strength} {item.dose} {item.unit}") in REFUSED
