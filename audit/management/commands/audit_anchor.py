from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.anchors import line_of
from audit.selectors import seal_latest, sealed_count
from audit.services import events_seal


class Command(BaseCommand):
    help = "Seal what can be sealed and print the end of the chain as one line, to be kept outside the database."

    def handle(self, *args: Any, **options: Any) -> None:
        events_seal()
        seal = seal_latest()
        if seal is None:
            raise CommandError("Nothing has happened yet, so there is nothing to seal.")
        self.stdout.write(line_of(seal, count=sealed_count(up_to=seal.sequence)))
