"""Lists as Stripe gives them: the newest first, a page at a time, filtered; and objects written out where asked."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from integrations.stripe.simulator import checkout
from integrations.stripe.simulator.problems import ApiProblem, Json, missing
from integrations.stripe.simulator.store import newest_first
from integrations.stripe.simulator.world import World

PAGE, LARGEST_PAGE = 10, 100
_PAGING = {"limit", "starting_after", "ending_before", "expand", "created", "types"}
# What an id may stand for, by its beginning.
_KINDS = {"pi_": "payment_intent", "ch_": "charge", "txn_": "balance_transaction", "re_": "refund", "dp_": "dispute"}


def page(world: World, kind: str, address: str, asked: Json) -> Json:
    found = list(newest_first(_filtered(world.store.all(kind), asked)))
    limit = asked.get("limit", PAGE)
    if not 1 <= limit <= LARGEST_PAGE:
        raise ApiProblem("Invalid limit", code="parameter_invalid_integer", parameter="limit")
    shown, more = _cut(found, asked, limit, kind)
    return {"object": "list", "url": address, "has_more": more, "data": copy.deepcopy(shown)}


def _filtered(objects: Iterable[Json], asked: Json) -> list[Json]:
    wanted = {name: value for name, value in asked.items() if name not in _PAGING}
    kinds = asked.get("types")
    return [
        one
        for one in objects
        if all(one.get(name) == value for name, value in wanted.items())
        and _created_within(one, asked.get("created"))
        and (kinds is None or one["type"] in kinds)
    ]


def _created_within(one: Json, wanted: Any) -> bool:
    if wanted is None:
        return True
    if isinstance(wanted, int):
        return bool(one["created"] == wanted)
    at = one["created"]
    return bool(
        at >= wanted.get("gte", at)
        and at <= wanted.get("lte", at)
        and ("gt" not in wanted or at > wanted["gt"])
        and ("lt" not in wanted or at < wanted["lt"])
    )


def _cut(found: list[Json], asked: Json, limit: int, kind: str) -> tuple[list[Json], bool]:
    places = {one["id"]: place for place, one in enumerate(found)}

    def place_of(name: str) -> int:
        if asked[name] not in places:
            raise missing(kind, asked[name], name)
        return places[asked[name]]

    if "ending_before" in asked:
        end = place_of("ending_before")
        start = max(end - limit, 0)
        return found[start:end], start > 0
    start = place_of("starting_after") + 1 if "starting_after" in asked else 0
    return found[start : start + limit], len(found) > start + limit


def expanded(world: World, answer: Json, paths: list[str]) -> Json:
    """`answer` with what `expand` names written out in place of its id."""
    written = copy.deepcopy(answer)
    for path in paths:
        _expand(world, written, path.split("."), path)
    return written


def _expand(world: World, place: Json, path: list[str], whole: str) -> None:
    name, *rest = path
    if name == "line_items" and place.get("object") == "checkout.session":
        address = f"/v1/checkout/sessions/{place['id']}/line_items"
        items = checkout.line_items(world, place["id"])
        place[name] = {"object": "list", "url": address, "has_more": False, "data": items}
        return
    if name not in place:
        raise ApiProblem(f"This property cannot be expanded ({whole}).", parameter="expand")
    value = place[name]
    if value is not None and not isinstance(value, dict | list):
        kind = next((kind for prefix, kind in _KINDS.items() if str(value).startswith(prefix)), None)
        if kind is None:
            raise ApiProblem(f"This property cannot be expanded ({whole}).", parameter="expand")
        place[name] = value = copy.deepcopy(world.find(kind, value))
    if rest:
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                _expand(world, inner, rest, whole)
