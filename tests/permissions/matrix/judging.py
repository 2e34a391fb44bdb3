"""The matrix itself: for a person and a route every method and every owner, against the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tests.permissions.matrix.arguments import GONE, Arguments, Case
from tests.permissions.matrix.asking import UNSAFE, Answer, Asker
from tests.permissions.matrix.bodies import body_of, query_of
from tests.permissions.matrix.people import EVERYBODY, Who
from tests.permissions.matrix.routes import Route
from tests.permissions.matrix.rows import OVERRIDE, Row
from tests.permissions.matrix.table import rows_of

METHODS = ("POST", "GET", "HEAD", "PUT", "PATCH", "DELETE", OVERRIDE)
RARE = frozenset({"HEAD", "PUT", "PATCH", "DELETE", OVERRIDE})
# Those who stand for everybody where a library asks what somebody's groups may, and nobody owns anything.
STAND_FOR_OTHERS = EVERYBODY - {
    Who.PATIENT_B,
    Who.CARER_ENDED,
    Who.COLLEAGUE,
    Who.DOCTOR_NEW,
    Who.DOCTOR_SUSPENDED,
    Who.DOCTOR_B,
    Who.STAFF_ELSEWHERE,
}
# A library's gate stands in front of its methods, so that these two show for the rare ones that it does, and of the API
# that a view answers no method that it does not name.
ASK_RARELY = frozenset({Who.VISITOR, Who.PATIENT_A})
# Which methods a view knows does not hang on who asks: these six ask for the rare ones, owners among them.
ASK_ALL_METHODS = frozenset({Who.VISITOR, Who.PATIENT_A, Who.DOCTOR_A, Who.STAFF_HERE, Who.EDITOR, Who.ADMINISTRATOR})
# Wagtail's own page to try what a fault looks like.
MEANT_TO_FAIL = frozenset({"wagtailadmin_error_test"})
# Of what is open to everybody these look what it shows.
LOOK_AT_WHAT_IS_OPEN = frozenset({Who.VISITOR, Who.PATIENT_B, Who.EDITOR})
# Of those who are nothing to any of a route's things these three are asked everything; the others for one thing, and
# for one that does not exist, by the methods that people use.
STRANGERS_ASKED_ALL = frozenset({Who.VISITOR, Who.PATIENT_B, Who.EDITOR})


@dataclass(frozen=True)
class Verdict:
    """What the table says of one request."""

    is_allowed: bool
    is_loose: bool
    is_known: bool
    """Whether the person may know that the thing exists, so that a refusal need not look like "not found"."""


class Matrix:
    def __init__(self, asker: Asker) -> None:
        self.asker = asker
        self.arguments = Arguments(asker.world)

    def problems(self, who: Who, route: Route, methods: Sequence[str] = METHODS) -> Iterator[str]:
        """What is not as the table says, in words; nothing where all is well."""
        for method in _asked(who, route, methods):
            answers: dict[Case, Answer] = {}
            for case in self._cases(who, route, method):
                verdict = self._verdict(who, route, method, case)
                if verdict.is_loose and method != "GET":
                    continue
                answers[case] = answer = self._ask(who, route, method, case)
                found = list(self._judged(who, route, verdict, answer))
                gone = None if verdict.is_allowed else _gone(case, verdict, answers)
                if gone and answer.without(case.ids, case.path) != answers[gone].without(gone.ids, gone.path):
                    found.append(f"is told from what does not exist ({answer.status}, {answers[gone].status})")
                yield from (f"{who} {method} {route.key} ({case}): {problem}" for problem in found)

    def _cases(self, who: Who, route: Route, method: str) -> list[Case]:
        """What does not exist first, to compare with. The rare methods ask for the person's own and one other."""
        cases = list(self.arguments.cases(route))
        if len(cases) > 1 and self._is_stranger(who, route, cases):
            nothing = [case for case in cases if case.is_of_nothing]
            return [] if method in RARE else [*nothing[:1], *[case for case in cases if case not in nothing][:1]]
        if method not in UNSAFE and any(case.body for case in cases):
            return [replace(cases[0], parts=(), ids=(), body=())]
        if method not in RARE or len(cases) == 1:
            return sorted(cases, key=lambda case: not case.is_of_nothing)
        own = [case for case in cases if case.relations(self.asker.world, who) != {""}]
        other = [case for case in cases if case not in own and not case.is_of_nothing]
        return [*own[:1], *other[:1]]

    def _is_stranger(self, who: Who, route: Route, cases: Sequence[Case]) -> bool:
        if who in STRANGERS_ASKED_ALL or any(who in row.people for row in rows_of(route.key)):
            return False
        return all(case.relations(self.asker.world, who) == {""} for case in cases)

    def _verdict(self, who: Who, route: Route, method: str, case: Case) -> Verdict:
        rows = rows_of(route.key)
        relations = case.relations(self.asker.world, who)
        loose = any(row.loose and who in row.people for row in rows)
        allowed = any(method in row.methods and lets_in(row, who, relations, case) for row in rows)
        known = any(who in row.people for row in rows) or relations != {""}
        return Verdict(allowed, loose, known)

    def _ask(self, who: Who, route: Route, method: str, case: Case) -> Answer:
        data = body_of(self.asker.world, route.key) | dict(case.body) if method in UNSAFE else None
        return self.asker.ask(who, method, case.path + query_of(self.asker.world, route.key), data=data)

    def _judged(self, who: Who, route: Route, verdict: Verdict, answer: Answer) -> Iterator[str]:
        if answer.is_fault and route.key not in MEANT_TO_FAIL:
            yield f"fails with {answer.status}"
        if leaked := answer.leaked(self.asker.world.unreadable(who)):
            yield f"shows {', '.join(leaked)}"
        if verdict.is_loose:
            return
        if verdict.is_allowed and answer.is_denied:
            yield f"is refused with {answer.status} {answer.location}"
        if not verdict.is_allowed and not answer.is_denied:
            yield f"is let in with {answer.status} {answer.location}"
        if not verdict.is_allowed and answer.written:
            yield f"has written {', '.join(sorted(set(answer.written)))}"


def _gone(case: Case, verdict: Verdict, answers: dict[Case, Answer]) -> Case | None:
    """What a refusal must look like: the same with nothing in place of the other's thing, or nothing at all."""
    first, *others = case.parts or (("", ""),)
    if case.is_mixed and not case.is_of_nothing:
        wanted = (first, *((kind, GONE) for kind, _ in others))
    elif verdict.is_known or case.is_plainly_nothing:
        return None
    else:
        wanted = tuple((kind, GONE) for kind, _ in case.parts)
    return next((one for one in answers if one.parts == wanted), None)


def _asked(who: Who, route: Route, methods: Sequence[str]) -> Sequence[str]:
    rows = rows_of(route.key)
    if who not in ASK_ALL_METHODS:
        methods = [method for method in methods if method not in RARE]
    if route.methods and who not in ASK_RARELY:
        methods = [method for method in methods if method in route.methods]
    if not all(row.loose for row in rows) or not rows:
        return methods
    if any(row.people == EVERYBODY for row in rows):
        return [method for method in methods if method == "GET"] if who in LOOK_AT_WHAT_IS_OPEN else []
    if who not in STAND_FOR_OTHERS:
        return []
    return methods if who in ASK_RARELY else [method for method in methods if method not in RARE]


def lets_in(row: Row, who: Who, relations: set[str], case: Case) -> bool:
    if row.loose or case.is_of_nothing or case.is_mixed or relations & row.never:
        return False
    return who in row.people or (bool(row.by) and bool(relations) and relations <= row.by)
