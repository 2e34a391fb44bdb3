"""Where the simulator keeps what it knows: in memory, and in one file where it is to survive a restart."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from integrations.stripe.simulator.problems import Json


class Store:
    """Objects by kind and id, in the order in which they came. Used by one thread at a time (`World.lock`)."""

    def __init__(self, path: Path | None = None) -> None:
        self._objects: dict[str, dict[str, Json]] = {}
        self._changed: set[tuple[str, str]] = set()
        self._database = self._opened(path) if path else None

    def _opened(self, path: Path) -> sqlite3.Connection:
        path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(path, check_same_thread=False)
        database.execute(
            "CREATE TABLE IF NOT EXISTS object"
            " (number INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (kind, id))"
        )
        for kind, identity, body in database.execute("SELECT kind, id, body FROM object ORDER BY number"):
            self._objects.setdefault(kind, {})[identity] = json.loads(body)
        return database

    def get(self, kind: str, identity: str) -> Json | None:
        return self._objects.get(kind, {}).get(identity)

    def put(self, kind: str, identity: str, body: Json) -> Json:
        self._objects.setdefault(kind, {})[identity] = body
        self._changed.add((kind, identity))
        return body

    def drop(self, kind: str, identity: str) -> None:
        self._objects.get(kind, {}).pop(identity, None)
        self._changed.add((kind, identity))

    def all(self, kind: str) -> list[Json]:
        """The oldest first."""
        return list(self._objects.get(kind, {}).values())

    def save(self) -> None:
        """Write what has changed: at the end of each request, so that a kill leaves no half of one."""
        if self._database:
            with self._database:
                for kind, identity in sorted(self._changed):
                    self._write(self._database, kind, identity)
        self._changed.clear()

    def _write(self, database: sqlite3.Connection, kind: str, identity: str) -> None:
        body = self.get(kind, identity)
        if body is None:
            database.execute("DELETE FROM object WHERE kind = ? AND id = ?", (kind, identity))
            return
        database.execute(
            "INSERT INTO object (kind, id, body) VALUES (?, ?, ?)"
            " ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
            (kind, identity, json.dumps(body)),
        )

    def close(self) -> None:
        if self._database:
            self._database.close()


def newest_first(objects: list[Json]) -> Iterator[Json]:
    return reversed(objects)
