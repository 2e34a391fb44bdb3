"""The repository's own Python files, read once for all architecture tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "site"
APPS = (
    "accounts", "audit", "billing", "booking", "doctors", "home", "integrations", "notifications", "records",
    "verification",
)  # fmt: skip
TOOLS = ("bench", "devtools", "tests", "docker", "docs")
_NOT_OURS = {"migrations", "node_modules", "__pycache__", "static", "staticfiles", "media"}


@dataclass(frozen=True)
class Source:
    """`name` is the path as an import would see it: booking/services/book.py, common/clock.py."""

    name: str
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        return self.name.partition("/")[0]

    @property
    def module(self) -> str:
        """The part of an app that a file belongs to: services, views, models…"""
        return self.name.split("/")[1].removesuffix(".py")

    @property
    def is_test(self) -> bool:
        return "tests" in self.name.split("/") or self.name == "conftest.py"

    @property
    def is_product(self) -> bool:
        """Runs in production: neither a test nor a tool."""
        return not self.is_test and self.package not in TOOLS and "/" in self.name

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def imported_modules(self) -> Iterator[tuple[str, int]]:
        """The dotted name and the line of every import; `from a import b` counts as a and as a.b."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module, node.lineno
                yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


@cache
def sources() -> tuple[Source, ...]:
    return tuple(_read())


def product() -> list[Source]:
    return [source for source in sources() if source.is_product]


def _read() -> Iterator[Source]:
    for path in sorted(ROOT.rglob("*.py")):
        inside = path.relative_to(ROOT)
        if any(part in _NOT_OURS or part.startswith(".") for part in inside.parts):
            continue
        text = path.read_text()
        name = inside.relative_to("site") if inside.parts[0] == "site" else inside
        yield Source(str(name), text, ast.parse(text))


def called(call: ast.Call) -> str:
    """The last word of what is called: `create` of `Doctor.objects.create(…)`."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
