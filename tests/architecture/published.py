"""An import-linter contract: from other apps only an app's published modules may be imported.

import-linter's own "protected" contract wants every private module listed, so a new one would stay open until somebody
remembered; with a wildcard it let a violation through.
"""

from __future__ import annotations

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PublishedContract(Contract):
    """`apps` may be imported by each other through `published` alone, and by `composers` wholly.

    A name in `published` is a module of every app ("services") or of one ("accounts.roles"). The tests of one app may
    use the tests of another (its factories).
    """

    type_name = "published"

    apps = fields.ListField(subfield=fields.StringField())
    published = fields.ListField(subfield=fields.StringField())
    composers = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001
        found = [
            (importer, imported)
            for imported in sorted(graph.modules)
            for importer in sorted(graph.find_modules_that_directly_import(imported))
            if not self._may_import(importer, imported)
        ]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["found"]:
            output.print_error(f"{importer} imports {imported}, which is private to its app.", bold=False)

    def _may_import(self, importer: str, imported: str) -> bool:
        app, _, inside = imported.partition(".")
        apps: Any = self.apps
        if app not in apps or not inside or importer.partition(".")[0] in (app, *self._listed(self.composers)):
            return True
        module = inside.partition(".")[0]
        if module == "tests":
            return ".tests" in importer
        published = self._listed(self.published)
        return module in published or f"{app}.{module}" in published

    @staticmethod
    def _listed(values: Any) -> list[str]:
        return list(values or [])
