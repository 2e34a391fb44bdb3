"""What only a line kept elsewhere can show: a chain cut off at its end, or made anew."""

from __future__ import annotations

import logging
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit import chain
from audit.anchors import Anchor, anchors_in, line_of
from audit.models import Event, Seal
from audit.services import events_seal
from audit.tasks import log_anchor, seal_events
from audit.tests.steps import findings, happen, tampering

pytestmark = pytest.mark.django_db(transaction=True)


def sealed(times: int) -> list[Anchor]:
    """So many seals over two events each, as they were kept elsewhere."""
    for _ in range(times):
        happen(2)
        events_seal()
    return [Anchor(seal.sequence, seal.digest, 2 * seal.sequence) for seal in Seal.objects.order_by("sequence")]


def cut_off_after(sequence: int) -> None:
    """By somebody who owns the tables: the seals, and the events below them."""
    start = Seal.objects.get(sequence=sequence).transaction_limit
    with tampering("audit_event", "audit_seal") as cursor:
        cursor.execute("DELETE FROM audit_event WHERE transaction_id >= %s", [start])
        cursor.execute("DELETE FROM audit_seal WHERE sequence > %s", [sequence])


def made_anew() -> None:
    """A chain that is whole, over events of which one is not what it was."""
    with tampering("audit_event", "audit_seal") as cursor:
        cursor.execute("UPDATE audit_event SET action = 'account.closed' WHERE id = (SELECT max(id) FROM audit_event)")
        before = chain.NOTHING_BEFORE
        for seal in Seal.objects.order_by("sequence"):
            covered = Event.objects.filter(
                transaction_id__gte=seal.transaction_start, transaction_id__lt=seal.transaction_limit
            )
            seal.leaves = b"".join(chain.leaf(event) for event in covered.order_by("pk"))
            seal.previous_digest, seal.digest = before, ""
            seal.digest = before = chain.digest_of(seal)
            seal.save()


def test_an_anchor_holds_while_the_log_grows() -> None:
    anchors = sealed(2)
    happen(3)
    events_seal()
    assert findings(anchors=anchors) == []


def test_a_log_cut_off_at_the_end_is_found_and_only_so() -> None:
    anchors = sealed(3)
    cut_off_after(1)
    assert findings() == []
    assert findings(anchors=[anchors[2]]) == [
        "The log was cut off: seal 2 to 3 is missing, and the anchor names seal 3."
    ]


def test_a_log_that_is_gone_altogether_is_found() -> None:
    anchors = sealed(1)
    with tampering("audit_event", "audit_seal") as cursor:
        cursor.execute("DELETE FROM audit_event")
        cursor.execute("DELETE FROM audit_seal")
    assert findings() == []
    assert findings(anchors=anchors) == ["The log was cut off: seal 1 is missing, and the anchor names seal 1."]


def test_a_chain_made_anew_is_found_and_where_it_begins() -> None:
    anchors = sealed(3)
    made_anew()
    assert findings() == []
    assert findings(anchors=[anchors[2]]) == ["Seal 3 is not the one of the anchor: the chain was made anew."]
    assert findings(anchors=anchors) == [
        "Seal 3 is not the one of the anchor: the chain was made anew. Seal 2 is still as its anchor says."
    ]


def test_a_count_that_does_not_fit_is_named() -> None:
    (anchor,) = sealed(1)
    assert findings(anchors=[Anchor(anchor.sequence, anchor.digest, 3)]) == [
        "Up to seal 1 there were 3 events, and the seals say 2."
    ]


def test_what_is_printed_is_found_again() -> None:
    sealed(2)
    seal = Seal.objects.get(sequence=2)
    line = line_of(seal, count=4)
    found = Anchor(2, seal.digest, 4)
    assert list(anchors_in(line)) == [found]
    assert list(anchors_in(f"2026-11-22 21:59:12,104 INFO audit.tasks [-] {line}\n")) == [found]
    assert list(anchors_in(f"Audit seal {seal} over 2 events")) == [Anchor(2, seal.digest)]


def test_the_daily_task_leaves_the_line_in_the_log_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="audit.tasks"):
        log_anchor()
        assert caplog.messages == []
        sealed(2)
        log_anchor()
    assert caplog.messages == [line_of(Seal.objects.get(sequence=2), count=4)]


def test_each_seal_leaves_an_anchor_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    happen(2)
    with caplog.at_level(logging.INFO, logger="audit.tasks"):
        assert seal_events() == 1
    assert list(anchors_in(caplog.text)) == [Anchor(1, Seal.objects.get().digest)]


def test_the_command_seals_and_prints_one_line() -> None:
    happen(2)
    out = StringIO()
    call_command("audit_anchor", stdout=out)
    assert out.getvalue() == f"{line_of(Seal.objects.get(), count=2)}\n"


def test_without_anything_there_is_no_anchor() -> None:
    with pytest.raises(CommandError, match="nothing to seal"):
        call_command("audit_anchor")


def test_a_file_of_lines_is_an_anchor_each(tmp_path: Path) -> None:
    sealed(2)
    kept = tmp_path / "worker.log"
    lines = [line_of(seal, count=2 * seal.sequence) for seal in Seal.objects.order_by("sequence")]
    kept.write_text("\n".join(["worker ready", *lines]))
    assert "The log is whole" in verify("--anchor", str(kept))
    cut_off_after(1)
    with pytest.raises(CommandError, match="not as it was written"):
        verify("--anchor", str(kept))


def verify(*arguments: str) -> str:
    out = StringIO()
    call_command("audit_verify", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_what_is_sealed_and_gives_an_anchor() -> None:
    assert "Nothing is sealed yet" in verify()
    happen(2)
    events_seal()
    happen(1)
    said = verify()
    assert "2 events are sealed, 1 are not sealed yet." in said
    anchor = said.splitlines()[-1]
    assert anchor.startswith(f"Audit anchor 1 2 {Seal.objects.get().digest} ")
    assert "The log is whole" in verify("--anchor", anchor)


def test_the_command_ends_with_1_and_names_what_is_wrong() -> None:
    (pk,) = happen()
    events_seal()
    with tampering("audit_event") as cursor:
        cursor.execute("UPDATE audit_event SET action = 'role.grantee'")
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("audit_verify", stdout=out)
    assert error.value.returncode == 1
    assert f"Event {pk} under seal 1" in out.getvalue()


@pytest.mark.parametrize("anchor", ["nonsense", "1", "x:abc", "1:"])
def test_the_command_refuses_an_anchor_it_cannot_read(anchor: str) -> None:
    with pytest.raises(CommandError, match="no anchor in it"):
        verify("--anchor", anchor)
