"""What a line of the table of what is allowed is made of."""

from __future__ import annotations

from dataclasses import dataclass

from tests.permissions.matrix.people import Who

# A GET that asks, in each of the ways that are known, to be taken for a POST.
OVERRIDE = "GET as POST"
NOBODY: frozenset[Who] = frozenset()
READ = ("GET", "HEAD", OVERRIDE)
SEND = ("POST",)
BOTH = (*READ, *SEND)
REVIEWERS = frozenset({Who.ADMINISTRATOR, Who.AUDITOR})
APPLICANTS = frozenset({Who.DOCTOR_NEW, Who.OFFICER_DOCTOR, Who.DOCTOR_SUSPENDED, Who.DOCTOR_A, Who.DOCTOR_B})
APPLICANTS |= {Who.COLLEAGUE}


@dataclass(frozen=True)
class Row:
    """`people` are let in whatever thing it is about, `by` lets in whoever is one of these to the thing,
    `never` keeps out whoever is that to it. `loose`: within `people`, Wagtail's or allauth's own rules decide.
    """

    routes: tuple[str, ...]
    methods: tuple[str, ...]
    people: frozenset[Who]
    why: str
    by: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    loose: bool = False

    def concerns(self, key: str) -> bool:
        return any(key.startswith(name[:-1]) if name.endswith("*") else key == name for name in self.routes)


def row(
    routes: str, methods: tuple[str, ...], people: frozenset[Who] = NOBODY, *, why: str, by: str = "", never: str = ""
) -> Row:
    return Row(tuple(routes.split()), methods, people, why, frozenset(by.split()), frozenset(never.split()))


def theirs(routes: str, people: frozenset[Who], *, why: str) -> Row:
    """Routes of a library: for these people it decides, and to everybody else they are closed."""
    return Row(tuple(routes.split()), (), people, why, loose=True)
