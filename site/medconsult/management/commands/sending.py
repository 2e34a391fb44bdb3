from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock
from common.errors import DomainError
from common.sending import sending_now
from integrations.stripe.errors import Refused, Unavailable
from medconsult.backups.holding import hold, release


class Command(BaseCommand):
    help = "Say whether messages and refunds leave from this database, hold them, or let them go."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("do", nargs="?", choices=["show", "hold", "release"], default="show")
        parser.add_argument(
            "--send-waiting", action="store_true", help="Send what waited, too: nothing of it has been sent before."
        )
        parser.add_argument(
            "--queued-until",
            type=datetime.fromisoformat,
            metavar="TIME",
            help="What was queued by then may have been sent before: an ISO time with its offset from UTC.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["do"] == "hold":
            hold(now=clock.now())
        elif options["do"] == "release":
            self._release(options["queued_until"], send_waiting=options["send_waiting"])
        sending = sending_now()
        since = f", by what was decided at {sending.held_since.isoformat()}" if sending.held_since else ""
        state = f"are held{since}" if sending.is_held else "leave"
        self.stdout.write(f"Messages and refunds {state}.")

    def _release(self, queued_until: datetime | None, *, send_waiting: bool) -> None:
        sending = sending_now()
        if not sending.is_held:
            raise CommandError("Nothing is held.")
        if queued_until is not None and queued_until.tzinfo is None:
            raise CommandError("--queued-until needs an offset from UTC, as in 2026-11-30T09:00:00+00:00.")
        until = queued_until or sending.held_since
        if until is None and not send_waiting:
            raise CommandError(
                "This database is a copy and nobody has said since when. Give --queued-until, the time at which it was"
                " made to work, or --send-waiting where the original is gone and has sent nothing since the copy."
            )
        try:
            count = release(queued_until=until or clock.now(), send_waiting=send_waiting, now=clock.now())
        except (Unavailable, Refused, DomainError) as error:
            raise CommandError(f"Refunds cannot be looked up at Stripe ({type(error).__name__}): try again.") from error
        self.stdout.write(f"{count} messages were laid aside.")
