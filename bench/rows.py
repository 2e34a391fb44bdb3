"""What was measured against the goals of quality.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bench.pages import SIZES, Costs
from bench.race import Result
from bench.report import Check, Row, at_most
from bench.webhook import CLIENTS, Taken

FLOORS = {"F": "F, a view of 10 KB", "L": "L, 20 rows in a template"}
BOOKINGS = {"book_later": "Booking a later time", "book_next": "Booking the next, with the listing"}
LISTS = {
    "patient": "A patient's list",
    "granted": "… with 20 grants",
    "doctor": "A doctor's list",
    "carer": "A carer's list",
    "staff": "A clerk's list",
    "nobody": "The list of somebody with nothing",
}
RECORDS = {
    "patient": "A patient's {kind}",
    "page": "… a page far down",
    "granted": "… with 20 grants, which open something to doctors alone",
    "granted_page": "… a page far down, with 20 grants",
    "written": "The {kind} that a doctor has written",
    "written_page": "… the older half of them",
    "doctor": "All {kind} that a doctor may read, with those of twenty patients whom they see",
    "doctor_filtered": "… the older half of them",
    "doctor_granted": "… with 20 grants",
    "doctor_seeing": "… with those of thirty patients more",
    "colleague": "The {kind} of one patient, for a doctor who sees thirty",
    "colleague_page": "… a page far down",
    "nobody": "The {kind} of one patient, for somebody with nothing",
}
PAGE_STATEMENTS, PAGE_TIMES_L = 12, 12
SITE_SEARCH = "The site's search"
# 0.4 of the rate of F.
KEPT_TIMES_F = 2.5
SEARCH_STATEMENTS, SEARCH_TIMES_L = 5, 2.5
LARGE_TO_SMALL = 1.3
PICKER_STATEMENTS, PICKER_MS = 4, 2
BOOKING_STATEMENTS, BOOKING_TIMES_B = 12, 2.5
LIST_TIMES_PLAIN = 2
WEIGHT_KB = 60
WEBHOOK_STATEMENTS, WEBHOOK_MS = 4, 1000
RACE_MS = 250
EVENT_TIMES_WITHOUT = 1.5

Inside = Mapping[str, Mapping[str, float]]


def of_pages(costs: Costs, searches: Sequence[str], kinds: Sequence[str] = ()) -> Iterator[Row]:
    """`kinds` are the pages that editors write, and the site's search."""
    for name, words in FLOORS.items():
        yield Row(words, [Check(f"{costs[name, 'small'].cpu / 1000:.2f} ms CPU")])
    for page in ("Home page", "Doctor index", "Doctor profile"):
        checks = [_statements(costs, page, PAGE_STATEMENTS), _times_l(costs, page, PAGE_TIMES_L)]
        yield Row(page, checks if page == "Home page" else [*checks, *_growth(costs, page)])
    kept = "Home page, from the page cache"
    yield Row(kept, [_statements(costs, kept, 0), _times_f(costs, kept, KEPT_TIMES_F)])
    for kind in kinds:
        yield Row(
            kind,
            [_statements(costs, kind, PAGE_STATEMENTS), _times_l(costs, kind, PAGE_TIMES_L), *_growth(costs, kind)],
        )
    yield Row("Slot picker, the part for htmx", [_statements(costs, "Slot picker"), _times_l(costs, "Slot picker")])
    for search in searches:
        yield _search(f"Search, {search}", costs, SEARCH_STATEMENTS, SEARCH_TIMES_L)
    for search in searches:
        yield _search(f"Results, {search}", costs, PAGE_STATEMENTS, PAGE_TIMES_L)


def _search(name: str, costs: Costs, statements: int, times_l: float) -> Row:
    checks = [_statements(costs, name, statements), _times_l(costs, name, times_l)]
    # A rare name finds a page full among 100,000 and hardly anybody among 1,000.
    return Row(name, checks if name.endswith("a rare name") else [*checks, *_growth(costs, name)])


def _statements(costs: Costs, name: str, limit: int | None = None) -> Check:
    return at_most(max(costs[name, size].statements for size in SIZES), limit, "statements")


def _times_l(costs: Costs, name: str, limit: float | None = None) -> Check:
    """CPU, on the size that fares worse."""
    return at_most(max(costs[name, size].cpu / costs["L", size].cpu for size in SIZES), limit, "× L", digits=1)


def _times_f(costs: Costs, name: str, limit: float) -> Check:
    """CPU, on the size that fares worse."""
    return at_most(max(costs[name, size].cpu / costs["F", size].cpu for size in SIZES), limit, "× F", digits=1)


def _growth(costs: Costs, name: str) -> list[Check]:
    """Of ten and of a hundred times as many doctors; the goal is for the hundred times."""
    ratio = {size: costs[name, size].elapsed / costs[name, "small"].elapsed for size in SIZES}
    return [
        Check(f"{ratio['medium']:.2f} medium ÷ small"),
        at_most(ratio["large"], LARGE_TO_SMALL, "large ÷ small", digits=2),
    ]


def of_weight(size: int, foreign: Sequence[str]) -> Row:
    checks = [at_most(size / 1024, WEIGHT_KB, "KB", digits=1), at_most(len(foreign), 0, "files from elsewhere")]
    return Row("Script and style of the profile, gzip", checks)


def of_inside(costs: Inside) -> Iterator[Row]:
    yield Row("B, a booking by the ORM alone", [Check(f"{costs['floor_b']['elapsed']:.2f} ms")])
    for name, words in BOOKINGS.items():
        statements = at_most(costs[name]["statements"], BOOKING_STATEMENTS, "statements")
        yield Row(words, [statements, _ratio(costs, name, "floor_b", BOOKING_TIMES_B, "× B")])
    picker = costs["picker"]
    statements = at_most(picker["statements"], PICKER_STATEMENTS, "statements")
    yield Row("Slots of 14 days", [statements, at_most(picker["cpu"], PICKER_MS, "ms CPU", digits=2)])
    kept = costs["picker_kept"]
    as_looked_up = at_most(kept["elapsed"] / picker["elapsed"], 1, "× as looked up", digits=2)
    yield Row("The same, kept in Redis", [at_most(kept["statements"], 0, "statements"), as_looked_up])


def of_money(costs: Inside) -> Iterator[Row]:
    """Held, begun to be paid for and booked by the news of it: three transactions, without Stripe's own time."""
    statements = at_most(costs["paid"]["statements"], None, "statements")
    ratio = at_most(costs["paid"]["elapsed"] / costs["floor_b"]["elapsed"], None, "× B", digits=2)
    yield Row("A visit held, paid for and booked", [statements, ratio])


def of_webhook(taken: Taken) -> Row:
    """As the sender waits for it, several deliveries at once."""
    checks = [
        at_most(taken.refused, 0, "not taken"),
        at_most(taken.statements, WEBHOOK_STATEMENTS, "statements"),
        Check(f"{taken.median_ms:.0f} ms median"),
        at_most(taken.slowest_ms, WEBHOOK_MS, "ms at most"),
    ]
    return Row(f"Deliveries to the webhook, {CLIENTS} at once", checks)


def of_lists(costs: Inside) -> Iterator[Row]:
    sizes = costs["sizes"]
    yield Row("Lists, among", [Check(f"{sizes[name]:,.0f} {name}") for name in ("appointments", "grants")])
    for name, words in LISTS.items():
        yield _list(words, costs, name)


def of_records(found: Mapping[str, Inside]) -> Iterator[Row]:
    for kind, costs in found.items():
        yield Row("Records, among", [Check(f"{costs['sizes']['rows']:,.0f} {kind}")])
        for name, words in RECORDS.items():
            if f"{name}_ours" in costs:
                yield _list(words.format(kind=kind), costs, name)


def _list(words: str, costs: Inside, name: str) -> Row:
    ours, plain = costs[f"{name}_ours"], costs[f"{name}_plain"]
    ratio = _ratio(costs, f"{name}_ours", f"{name}_plain", LIST_TIMES_PLAIN, "× the plain filter")
    return Row(words, [ratio, Check(f"{ours['elapsed']:.2f} against {plain['elapsed']:.2f} ms")])


def _ratio(costs: Inside, name: str, floor: str, limit: float, unit: str) -> Check:
    return at_most(costs[name]["elapsed"] / costs[floor]["elapsed"], limit, unit, digits=2)


def of_audit(costs: Mapping[str, float]) -> Row:
    """Per booking, with all writers at once: a lock that they shared would show as their number."""
    return Row(
        "An audit event in a booking, 8 writers at once",
        [
            Check(f"{costs['without']:.2f} ms without, {costs['with']:.2f} ms with"),
            at_most(costs["with"] / costs["without"], EVENT_TIMES_WITHOUT, "× without", digits=2),
        ],
    )


def of_race(result: Result, deadlocks: int, overlaps: int, database_ms: float) -> Row:
    checks = [
        Check(
            f"{result.rounds_with_one_winner} rounds with one winner",
            f"{result.rounds}",
            result.rounds_with_one_winner == result.rounds,
        ),
        at_most(result.neither_booked_nor_taken, 0, "other answers"),
        at_most(deadlocks, 0, "deadlocks"),
        at_most(overlaps, 0, "overlaps"),
        at_most(database_ms, RACE_MS, "ms in the database"),
        Check(f"{result.slowest_ms:.0f} ms in statements, as the web server saw them"),
    ]
    return Row("20 bookings of one time at once, by HTTP", checks)
