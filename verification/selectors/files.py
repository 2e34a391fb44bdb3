from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import QuerySet

from common import clock
from common.uploads.states import UploadState
from verification.models import ChecklistItem, Evidence, VerificationCase
from verification.states import ItemStatus

# Of files that can still prove something: clean, or waiting for the virus check.
_COUNTING = frozenset({UploadState.QUARANTINED, UploadState.CURRENT})


def files_by_kind(case: VerificationCase) -> dict[str, list[Evidence]]:
    """What the doctor has given as proof and not taken back, by the kind of item, the newest first; one statement.

    Files of the doctor's earlier cases are there too: what was accepted of them may still be valid.
    """
    found: dict[str, list[Evidence]] = defaultdict(list)
    for file in _given(case):
        found[file.item.kind].append(file)
    return dict(found)


def evidence_of(item: ChecklistItem) -> list[Evidence]:
    """The files that can prove the item, the oldest first: see `standing_for`."""
    return standing_for(item, _given(item.case).filter(item__kind=item.kind))


def standing_for(item: ChecklistItem, given: Iterable[Evidence]) -> list[Evidence]:
    """Of the doctor's files of that kind: the item's own, or while it has none those of the cases before it.

    Neither what the virus check refused, nor an earlier credential that has run out.
    """
    live = sorted((file for file in given if file.state in _COUNTING), key=lambda file: file.pk)
    own = [file for file in live if file.item_id == item.pk]
    return own or [file for file in live if file.item_id != item.pk and not _has_run_out(file.item)]


def _given(case: VerificationCase) -> QuerySet[Evidence]:
    files = Evidence.objects.filter(withdrawn_at=None, item__case__doctor=case.doctor_id, item__case__lte=case.pk)
    return files.select_related("item").order_by("-pk")


def _has_run_out(item: ChecklistItem) -> bool:
    """A renewal that waited for its check is judged by its own last day, which an officer has not read yet."""
    today = clock.now().astimezone(clock.clinic_zone()).date()
    return item.expires_on is not None and item.expires_on < today and item.status != ItemStatus.PROVIDED


def other_cases_of(case: VerificationCase) -> QuerySet[VerificationCase]:
    """The doctor's other cases, the latest first."""
    cases = VerificationCase.objects.filter(doctor=case.doctor_id).exclude(pk=case.pk)
    return cases.select_related("decided_by").order_by("-pk")
