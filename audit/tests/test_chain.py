from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import transaction

from audit import chain
from audit.models import Event, Seal
from audit.selectors import sealing
from audit.services import events_seal
from audit.tasks import seal_events
from audit.tests.steps import findings, happen, tampering
from audit.verifier import log_verify

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_empty_log_is_whole_and_gives_no_seal() -> None:
    assert events_seal() == []
    assert findings() == []


def test_events_are_sealed_once_and_each_seal_follows_the_one_before() -> None:
    happen(3)
    (first,) = events_seal()
    assert events_seal() == []
    happen(2)
    (second,) = events_seal()
    assert (first.sequence, first.count, second.sequence, second.count) == (1, 3, 2, 2)
    assert second.previous_digest == first.digest
    report = log_verify()
    assert (report.findings, report.sealed, report.unsealed, report.latest) == ([], 5, 0, second)


def test_what_is_not_sealed_yet_is_counted_and_not_blamed() -> None:
    happen(2)
    events_seal()
    happen(3)
    report = log_verify()
    assert (report.findings, report.sealed, report.unsealed) == ([], 2, 3)


def test_a_long_backlog_is_sealed_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 4)
    happen(6)
    with transaction.atomic():
        happen(9)  # one transaction, more than a batch: it cannot be cut
    assert [seal.count for seal in events_seal()] == [4, 2, 9]
    assert findings() == []


def test_an_event_whose_transaction_still_runs_waits_and_is_not_lost(
    together: Callable[[Sequence[Callable[[], Any]]], list[Any]],
) -> None:
    """Its id is lower than the later one's, so a seal up to an id would miss it."""
    import threading

    written, sealed = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            happen()
            written.set()
            assert sealed.wait(30)

    def quick() -> list[Seal]:
        assert written.wait(30)
        happen()
        try:
            return events_seal()
        finally:
            sealed.set()

    outcomes = together([slow, quick])
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert outcomes[1].value == []
    (seal,) = events_seal()
    assert seal.count == 2
    assert findings() == []


def test_sealers_at_once_make_one_chain(
    together: Callable[[Sequence[Callable[[], Any]]], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 3)
    happen(20)
    outcomes = together([events_seal] * 6)
    events_seal()
    assert [outcome.error for outcome in outcomes] == [None] * 6
    assert list(Seal.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, 8))
    report = log_verify()
    assert (report.findings, report.sealed, report.unsealed) == ([], 20, 0)


@pytest.mark.parametrize(
    "change",
    [
        "action = 'role.madf'",
        "occurred_at = occurred_at + interval '1 microsecond'",
        "data = '{\"number\": 2}'",
        "actor_id = '0f3e62f5-0f0b-4d3c-9d6c-7d3a3f1b2c4d'",
        "address = '203.0.113.9'",
        "object_id = object_id || ' '",
    ],
)
def test_one_changed_byte_is_found_and_named(change: str) -> None:
    _, middle, _ = happen(3)
    events_seal()
    with tampering("audit_event") as cursor:
        cursor.execute(f"UPDATE audit_event SET {change} WHERE id = %s", [middle])
    (finding,) = findings()
    assert finding.startswith(f"Event {middle} under seal 1 ")
    assert finding.endswith(": changed.")


def test_an_event_moved_out_of_its_seal_is_a_changed_one() -> None:
    first, *_ = happen(2)
    events_seal()
    with tampering("audit_event") as cursor:
        cursor.execute("UPDATE audit_event SET transaction_id = transaction_id + 1000000 WHERE id = %s", [first])
    assert [finding.rpartition(": ")[2] for finding in findings()] == ["changed."]


def test_a_removed_event_is_named() -> None:
    first, second, _ = happen(3)
    events_seal()
    with tampering("audit_event") as cursor:
        cursor.execute("DELETE FROM audit_event WHERE id IN (%s, %s)", [first, second])
    (finding,) = findings()
    assert finding.startswith(f"Events {first}, {second} under seal 1 ")
    assert finding.endswith(": removed.")


def test_an_event_slipped_into_a_sealed_range_is_named() -> None:
    happen(2)
    events_seal()
    with tampering("audit_event") as cursor:
        cursor.execute(
            "INSERT INTO audit_event (epoch, transaction_id, occurred_at, action, object_type, object_id, request_id,"
            " data) SELECT epoch, transaction_id, occurred_at, 'x', 'x', 'x', '', '{}' FROM audit_event LIMIT 1"
            " RETURNING id"
        )
        added = cursor.fetchone()[0]
    (finding,) = findings()
    assert finding.startswith(f"Event {added} under seal 1 ")
    assert finding.endswith(": added.")


@pytest.mark.parametrize(
    "change", ["digest = repeat('0', 64)", "count = 7", "sealed_at = now()", "leaves = '\\x00'::bytea || leaves"]
)
def test_a_changed_seal_is_named(change: str) -> None:
    happen(2)
    events_seal()
    with tampering("audit_seal") as cursor:
        cursor.execute(f"UPDATE audit_seal SET {change}")
    assert "Seal 1 was changed." in findings()


def test_a_rewritten_seal_betrays_itself_to_the_next() -> None:
    """Somebody who knows the form changes an event and makes its seal anew, but not the seals after it."""
    from audit import chain

    happen(2)
    events_seal()
    happen(2)
    events_seal()
    with tampering("audit_event", "audit_seal") as cursor:
        cursor.execute("UPDATE audit_event SET action = 'forged' WHERE id = (SELECT min(id) FROM audit_event)")
        seal = Seal.objects.get(sequence=1)
        seal.leaves = b"".join(chain.leaf(event) for event in Event.objects.order_by("pk")[:2])
        seal.digest = chain.digest_of(seal)
        seal.save()
    assert findings() == ["Seal 2 does not follow the seal before it: one of the two was changed."]


def test_a_seal_removed_from_the_middle_is_named() -> None:
    for _ in range(3):
        happen(2)
        events_seal()
    with tampering("audit_seal") as cursor:
        cursor.execute("DELETE FROM audit_seal WHERE sequence = 2")
    assert findings() == ["Seal 2 was removed."]


def test_the_first_seals_cannot_be_cut_off() -> None:
    for _ in range(3):
        happen(2)
        events_seal()
    with tampering("audit_seal") as cursor:
        cursor.execute("DELETE FROM audit_seal WHERE sequence < 3")
    assert findings() == ["Seal 1 to 2 was removed."]


def test_the_log_survives_a_move_to_another_cluster() -> None:
    """A dump restored elsewhere: the transactions there count from the start again."""
    happen(3)
    events_seal()
    happen(2)
    with tampering("audit_event", "audit_seal") as cursor:
        cursor.execute("UPDATE audit_event SET epoch = epoch - 1, transaction_id = transaction_id + 1000000000")
        cursor.execute("DELETE FROM audit_seal")
    before_the_move = Event.objects.order_by("pk").first()
    assert before_the_move
    events_seal()
    happen(4)
    assert log_verify().unsealed == 4
    (seal,) = events_seal()
    assert seal.epoch == before_the_move.epoch + 1
    assert seal.transaction_limit < before_the_move.transaction_id
    report = log_verify()
    assert (report.findings, report.sealed, report.unsealed) == ([], 9, 0)


def test_the_task_leaves_an_anchor_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    happen(2)
    with caplog.at_level(logging.INFO, logger="audit.tasks"):
        assert seal_events() == 1
    assert f"Audit seal {Seal.objects.get()} over 2 events" in caplog.text


def test_what_was_sealed_before_events_named_patients_is_still_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    happen(2)
    monkeypatch.setattr(chain, "CURRENT_FORM", chain.WITHOUT_PATIENT)
    monkeypatch.setattr(chain.leaf, "__defaults__", (chain.WITHOUT_PATIENT,))
    events_seal()
    monkeypatch.undo()
    happen(2)
    events_seal()
    assert list(Seal.objects.order_by("sequence").values_list("form", flat=True)) == [1, 2]
    assert findings() == []


@pytest.mark.parametrize("form", [1, 2])
def test_a_patient_slipped_into_an_event_is_noticed(monkeypatch: pytest.MonkeyPatch, form: int) -> None:
    (event,) = happen()
    monkeypatch.setattr(chain, "CURRENT_FORM", form)
    monkeypatch.setattr(chain.leaf, "__defaults__", (form,))
    events_seal()
    with tampering("audit_event") as cursor:
        cursor.execute("UPDATE audit_event SET patient_id = gen_random_uuid()")
    (finding,) = findings()
    assert finding.startswith(f"Event {event} under seal 1")
    assert finding.endswith("changed.")


def test_a_seal_cannot_be_said_to_be_of_the_old_form() -> None:
    happen()
    events_seal()
    with tampering("audit_seal") as cursor:
        cursor.execute("UPDATE audit_seal SET form = 1")
    assert "Seal 1 was changed." in findings()
