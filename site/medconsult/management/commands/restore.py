from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from medconsult.backups.restore import backup_restore
from medconsult.backups.sealed import BackupError


class Command(BaseCommand):
    help = "Bring a backup back into an empty database and empty storages, and prove that it is whole."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="The folder of one backup.")
        parser.add_argument("--identity", type=Path, required=True, help="The file with the backups' secret key (age).")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            manifest = backup_restore(folder=options["folder"], identity=options["identity"])
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        rows, files = sum(manifest.tables.values()), sum(map(len, manifest.files.values()))
        self.stdout.write(f"All is back as of {manifest.made_at}: {rows} rows, {files} files.")
        self.stdout.write(f"The audit log is whole up to its seal {manifest.seal or '(none yet)'}.")
        self.stdout.write("Nobody is signed in. Messages and refunds are held until: manage.py sending release")
