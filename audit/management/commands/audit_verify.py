from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.verifier import log_verify


def anchor(text: str) -> str:
    """`sequence:digest`, as this command and the worker's log print it."""
    sequence, separator, digest = text.partition(":")
    if not (separator and sequence.isdecimal() and digest):
        raise ArgumentTypeError("write it as sequence:digest")
    return text


class Command(BaseCommand):
    help = "Prove that the audit log is as it was written. Ends with 1 and names what is not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchor", type=anchor, metavar="SEQUENCE:DIGEST", help="a seal kept elsewhere that must still be there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = log_verify(anchor=options["anchor"])
        for finding in report.findings:
            self.stdout.write(finding)
        self.stdout.write(f"{report.sealed} events are sealed, {report.unsealed} are not sealed yet.")
        if report.findings:
            raise CommandError("The audit log is not as it was written.", returncode=1)
        if report.latest:
            self.stdout.write(f"The log is whole. Keep this elsewhere as an anchor: {report.latest}")
        else:
            self.stdout.write("Nothing is sealed yet, so nothing is proved.")
