from __future__ import annotations

from integrations.stripe.simulator import shapes
from integrations.stripe.simulator.problems import ApiProblem, Json
from integrations.stripe.simulator.world import World

OPEN = "dispute.open"
ANSWER_WITHIN = 7 * 24 * 60 * 60
WANTS_ANSWER = {"needs_response", "warning_needs_response"}
OVER = {"won", "lost", "warning_closed", "prevented"}
# Stripe's words for its test mode, in `uncategorized_text`.
MAGIC = {"winning_evidence": True, "losing_evidence": False}


def open_dispute(
    world: World, charge_id: str, reason: str = "fraudulent", *, inquiry: bool = False, amount: int | None = None
) -> Json:
    """The cardholder's bank asks the money back, or, by an inquiry, for an explanation first; all of it, or an `amount`
    in minor units."""
    charge = world.find("charge", charge_id, "charge")
    dispute = shapes.dispute(
        world.new_id("dispute"),
        charge,
        now=world.now(),
        reason=reason,
        due_by=world.now() + ANSWER_WITHIN,
        status="warning_needs_response" if inquiry else "needs_response",
    )
    dispute["amount"] = amount or dispute["amount"]
    charge["disputed"] = True
    if not inquiry:
        dispute["balance_transactions"].append(world.book(dispute, -dispute["amount"], "adjustment"))
    world.save(dispute, charge)
    world.tell("charge.dispute.created", dispute)
    if not inquiry:
        world.tell("charge.dispute.funds_withdrawn", dispute)
    return dispute


def blocks_refunds(world: World, charge: Json) -> bool:
    """Whether the bank has money of the charge, or may yet take it. After a loss Stripe sends back nothing of it any
    more, though the loss were of a part: what is left has to be given another way."""
    return any(one["charge"] == charge["id"] and not one["is_charge_refundable"] for one in world.store.all("dispute"))


def update(world: World, dispute_id: str, asked: Json) -> Json:
    dispute = world.find("dispute", dispute_id, "dispute")
    evidence = asked.get("evidence") or {}
    if evidence or asked.get("submit"):
        _take_evidence(world, dispute, evidence, submit=asked.get("submit", True))
    if asked.get("metadata"):
        dispute["metadata"] |= asked["metadata"]
    world.save(dispute)
    world.tell("charge.dispute.updated", dispute)
    if dispute["status"] == "under_review" and evidence.get("uncategorized_text") in MAGIC:
        close(world, dispute_id, won=MAGIC[evidence["uncategorized_text"]])
    return dispute


def _take_evidence(world: World, dispute: Json, evidence: Json, *, submit: bool) -> None:
    details = dispute["evidence_details"]
    if dispute["status"] not in WANTS_ANSWER or details["due_by"] <= world.now():
        raise ApiProblem("This dispute is already closed, or its evidence has been submitted.", parameter="evidence")
    dispute["evidence"] |= {name: value for name, value in evidence.items() if isinstance(value, str)}
    details["has_evidence"] = True
    if submit:
        details |= {"submission_count": details["submission_count"] + 1, "submission_method": "manual"}
        dispute["status"] = dispute["status"].replace("needs_response", "under_review")


def accept(world: World, dispute_id: str, _asked: Json) -> Json:
    """Stripe's `close`: we give in."""
    dispute = world.find("dispute", dispute_id, "dispute")
    if dispute["status"] not in WANTS_ANSWER:
        raise ApiProblem("This dispute is already closed.")
    return close(world, dispute_id, won=False)


def close(world: World, dispute_id: str, *, won: bool) -> Json:
    """The bank decides. A dispute that is over stays as it is."""
    dispute = world.find("dispute", dispute_id)
    if dispute["status"] in OVER:
        return dispute
    inquiry = dispute["status"].startswith("warning")
    dispute["status"] = "warning_closed" if inquiry else "won" if won else "lost"
    dispute["evidence_details"]["due_by"] = None
    if won and not inquiry:
        dispute["balance_transactions"].append(world.book(dispute, dispute["amount"], "adjustment"))
    dispute["is_charge_refundable"] = won or inquiry
    world.save(dispute)
    if won and not inquiry:
        world.tell("charge.dispute.funds_reinstated", dispute)
    world.tell("charge.dispute.closed", dispute)
    return dispute


def give_up_overdue(world: World) -> None:
    """Who does not answer in time has lost."""
    for dispute in world.store.all("dispute"):
        due_by = dispute["evidence_details"]["due_by"]
        if dispute["status"] in WANTS_ANSWER and due_by and due_by <= world.now():
            close(world, dispute["id"], won=False)
