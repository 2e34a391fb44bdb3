"""Proving that the audit log is as it was written, and naming what is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db import connection

from audit import chain, selectors
from audit.anchors import Anchor
from audit.models import Event, Seal
from audit.selectors import Range

TABLES = ("audit_event", "audit_seal")
NAMED_AT_MOST = 20

_GUARDS = """
    SELECT tgrelid::regclass::text, tgname FROM pg_trigger
    WHERE tgrelid = ANY(%s::regclass[]) AND tgenabled = 'A'
"""
_RIGHTS = """
    SELECT DISTINCT c.relname, CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END
    FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
    WHERE c.oid = ANY(%s::regclass[]) AND a.grantee <> c.relowner
        AND a.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')
"""
_EXPECTED_GUARDS = {
    ("audit_event", "audit_append_only"),
    ("audit_event", "audit_own_transaction"),
    ("audit_seal", "audit_append_only"),
}


@dataclass
class Report:
    """`findings` is empty for a log that is whole; each finding is a sentence for a person."""

    findings: list[str] = field(default_factory=list)
    sealed: int = 0
    unsealed: int = 0
    latest: Seal | None = None


def log_verify(*, anchors: Sequence[Anchor] = ()) -> Report:
    """Check every seal against the one before and against its events, and that the database still guards the log.

    `anchors` are seals as they were kept elsewhere; without one, seals cut off the end of the chain together with
    their events, and a chain made anew from some row on, leave no trace in the database.
    """
    report = Report(unsealed=selectors.events_unsealed().count(), latest=selectors.seal_latest())
    before: Seal | None = None
    for seal in Seal.objects.order_by("sequence").iterator(chunk_size=1):
        report.findings += [*_link_findings(seal, before), *_event_findings(seal)]
        report.sealed += seal.count
        before = seal
    report.findings += [*_anchor_findings(anchors), *_guard_findings()]
    return report


def _link_findings(seal: Seal, before: Seal | None) -> Iterator[str]:
    expected = before.sequence + 1 if before else 1
    if seal.sequence != expected:
        gone = str(expected) if seal.sequence == expected + 1 else f"{expected} to {seal.sequence - 1}"
        yield f"Seal {gone} was removed."
    elif seal.previous_digest != (before.digest if before else chain.NOTHING_BEFORE):
        yield f"Seal {seal.sequence} does not follow the seal before it: one of the two was changed."
    if seal.digest != chain.digest_of(seal):
        yield f"Seal {seal.sequence} was changed."


def _event_findings(seal: Seal) -> Iterator[str]:
    sealed = chain.leaves_by_id(seal.leaves)
    present = {event.pk: event for event in selectors.events_in(_covered(seal)).iterator()}
    moved = _moved(sealed.keys() - present.keys())
    changed = [pk for pk in sealed.keys() & present.keys() if chain.leaf(present[pk], seal.form) != sealed[pk]]
    yield from _named("changed", [*changed, *moved], seal)
    yield from _named("removed", sealed.keys() - present.keys() - moved, seal)
    yield from _named("added", present.keys() - sealed.keys(), seal)


def _covered(seal: Seal) -> Range:
    return Range(seal.epoch, seal.transaction_start, seal.transaction_limit)


def _moved(missing: set[int]) -> set[int]:
    """Of the events missing from a seal's range, those that are still there under another transaction."""
    return set(Event.objects.filter(pk__in=missing).values_list("pk", flat=True)) if missing else set()


def _named(what: str, ids: set[int] | list[int], seal: Seal) -> Iterator[str]:
    if not ids:
        return
    some = ", ".join(str(pk) for pk in sorted(ids)[:NAMED_AT_MOST])
    more = f" and {len(ids) - NAMED_AT_MOST} more" if len(ids) > NAMED_AT_MOST else ""
    word = "Event" if len(ids) == 1 else "Events"
    yield f"{word} {some}{more} under seal {seal.sequence} ({seal.sealed_at:%Y-%m-%d %H:%M} UTC): {what}."


def _anchor_findings(anchors: Sequence[Anchor]) -> Iterator[str]:
    """The earliest anchor that does not hold, with the last that does: what happened, happened between the two."""
    last = selectors.seal_latest()
    held: Anchor | None = None
    for anchor in sorted(anchors, key=lambda one: one.sequence):
        problem = _anchor_problem(anchor, last.sequence if last else 0)
        if problem:
            yield f"{problem} {_since(held)}".rstrip()
            return
        held = anchor


def _anchor_problem(anchor: Anchor, last: int) -> str:
    digest = Seal.objects.filter(sequence=anchor.sequence).values_list("digest", flat=True).first()
    if digest is None and anchor.sequence > last:
        gone = f"{last + 1}" if last + 1 == anchor.sequence else f"{last + 1} to {anchor.sequence}"
        return f"The log was cut off: seal {gone} is missing, and the anchor names seal {anchor.sequence}."
    if digest is None:
        return f"Seal {anchor.sequence} of the anchor is missing."
    if digest != anchor.digest:
        return f"Seal {anchor.sequence} is not the one of the anchor: the chain was made anew."
    count = selectors.sealed_count(up_to=anchor.sequence)
    if anchor.count not in (None, count):
        return f"Up to seal {anchor.sequence} there were {anchor.count} events, and the seals say {count}."
    return ""


def _since(held: Anchor | None) -> str:
    return f"Seal {held.sequence} is still as its anchor says." if held else ""


def _guard_findings() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(_GUARDS, [list(TABLES)])
        for table, trigger in sorted(_EXPECTED_GUARDS - set(cursor.fetchall())):
            yield f"The trigger {trigger} on {table} is missing or switched off."
        cursor.execute(_RIGHTS, [list(TABLES)])
        for table, role in sorted(cursor.fetchall()):
            yield f"The role {role} may change {table}: run `manage.py migrate` to take that back."
