from __future__ import annotations

from collections.abc import Iterable

from django.db.models.functions import Lower

from records.drug_list import shipped_schedule
from records.models import Drug

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
