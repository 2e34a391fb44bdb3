"""What in an answer of the simulator does not fit the class that Stripe's SDK has for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import stripe
import stripe.checkout

from integrations.stripe.simulator.shapes import LEFT_OUT
from integrations.stripe.simulator.types import Unknown, fields, members

# What an id may stand for where it is written out; the SDK imports these for type checkers alone.
NAMED = {
    one.OBJECT_NAME: one
    for one in (
        stripe.Charge,
        stripe.PaymentIntent,
        stripe.Refund,
        stripe.Dispute,
        stripe.BalanceTransaction,
        stripe.LineItem,
        stripe.checkout.Session,
        stripe.Event,
    )
}
# Of which Stripe sends only the part that `type` names.
BY_TYPE = {
    *("payment_method_details", "payment_method_options", "destination_details", "last_payment_error", "next_action"),
    *("amount_details", "fraud_details", "radar_options", "enhanced_evidence", "enhanced_eligibility"),
}


def misfits(given: Any, kind: Any, path: str = "") -> list[str]:
    """One line for each field that is missing, that is too many, or whose value is of another type."""
    kinds = [one for one in members(kind) if (one is type(None)) == (given is None)] or members(kind)
    tries = [list(_misfits(given, one, path)) for one in kinds]
    return min(tries, key=len)


def _misfits(given: Any, kind: Any, path: str) -> Iterator[str]:
    origin = get_origin(kind) or kind
    if kind is type(None) or given is None:
        if not (kind is type(None) and given is None):
            yield f"{path}: {given!r} where there is {kind}"
    elif origin is Literal:
        if given not in get_args(kind):
            yield f"{path}: {given!r} is none of Stripe's words"
    elif origin is list:
        yield from _list(given, get_args(kind), path)
    elif kind is Unknown:
        yield from _named(given, path)
    elif isinstance(origin, type) and issubclass(origin, stripe.ListObject):
        yield from _list(given.get("data") if isinstance(given, dict) else given, get_args(kind), path)
    elif isinstance(origin, type) and issubclass(origin, stripe.StripeObject):
        yield from _object(given, origin, path)
    elif kind in {str, int, bool, float} and type(given) is not kind:
        yield f"{path}: {given!r} is no {kind.__name__}"


def _list(given: Any, kinds: tuple[Any, ...], path: str) -> Iterator[str]:
    if not isinstance(given, list):
        yield f"{path}: {given!r} is no list"
        return
    for number, one in enumerate(given):
        yield from misfits(one, kinds[0], f"{path}[{number}]")


def _named(given: Any, path: str) -> Iterator[str]:
    cls = NAMED.get(given.get("object", "")) if isinstance(given, dict) else None
    if cls is None:
        yield f"{path}: {given!r} is no object that we know"
    else:
        yield from _object(given, cls, path)


def _object(given: Any, cls: type, path: str) -> Iterator[str]:
    if not isinstance(given, dict):
        yield f"{path}: {given!r} is no object"
        return
    if cls.__name__ == "UntypedStripeObject":
        return
    known = fields(cls)
    for name in given.keys() - known.keys():
        yield f"{path}.{name}: {cls.__name__} has no such field"
    if path.rpartition(".")[2] not in BY_TYPE:
        for name in known.keys() - given.keys() - LEFT_OUT.get(cls, frozenset()):
            yield f"{path}.{name}: is missing"
    for name in given.keys() & known.keys():
        yield from misfits(given[name], known[name], f"{path}.{name}")
