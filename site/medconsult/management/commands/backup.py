from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock
from medconsult.backups.backup import backup_make, backups_thin
from medconsult.backups.sealed import BackupError


class Command(BaseCommand):
    help = "Make an encrypted backup of database and files, while the site is open. Keep the keys apart."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="Where each backup gets a folder of its own.")
        parser.add_argument("--keep", type=int, default=0, metavar="N", help="Then remove all but the newest N.")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            made = backup_make(folder=options["folder"], now=clock.now())
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(made))
        if options["keep"] > 0:
            for old in backups_thin(folder=options["folder"], keep=options["keep"]):
                self.stdout.write(f"Removed {old}")
