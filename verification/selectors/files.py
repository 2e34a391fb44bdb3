from __future__ import annotations

from collections import defaultdict

from django.db.models import QuerySet

from verification.models import Evidence, VerificationCase


def files_by_kind(case: VerificationCase) -> dict[str, list[Evidence]]:
    """What the doctor has given as proof and not taken back, by the kind of item, the newest first; one statement.

    Files of the doctor's earlier cases are there too: what was accepted of them may still be valid.
    """
    files = Evidence.objects.filter(withdrawn_at=None, item__case__doctor=case.doctor_id, item__case__lte=case.pk)
    found: dict[str, list[Evidence]] = defaultdict(list)
    for file in files.select_related("item").order_by("-pk"):
        found[file.item.kind].append(file)
    return dict(found)


def other_cases_of(case: VerificationCase) -> QuerySet[VerificationCase]:
    """The doctor's other cases, the latest first."""
    cases = VerificationCase.objects.filter(doctor=case.doctor_id).exclude(pk=case.pk)
    return cases.select_related("decided_by").order_by("-pk")
