from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.anchors import Anchor, anchors_in, line_of
from audit.selectors import sealed_count
from audit.verifier import log_verify


def anchors(text: str) -> list[Anchor]:
    """Those in the text itself, or in the file that it names."""
    found = list(anchors_in(text))
    path = Path(text)
    if not found and path.is_file():
        found = list(anchors_in(path.read_text(encoding="utf-8", errors="replace")))
    if not found:
        raise ArgumentTypeError(
            "no anchor in it: give a line of audit_anchor, sequence:digest, or a file of such lines"
        )
    return found


class Command(BaseCommand):
    help = "Prove that the audit log is as it was written. Ends with 1 and names what is not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchor",
            type=anchors,
            default=[],
            metavar="LINE|FILE",
            help="what audit_anchor or the worker's log said of a seal, kept elsewhere; a file may hold many",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = log_verify(anchors=options["anchor"])
        for finding in report.findings:
            self.stdout.write(finding)
        self.stdout.write(f"{report.sealed} events are sealed, {report.unsealed} are not sealed yet.")
        if report.findings:
            raise CommandError("The audit log is not as it was written.", returncode=1)
        if report.latest:
            self.stdout.write("The log is whole. Keep this line elsewhere as an anchor:")
            self.stdout.write(line_of(report.latest, count=sealed_count(up_to=report.latest.sequence)))
        else:
            self.stdout.write("Nothing is sealed yet, so nothing is proved.")
