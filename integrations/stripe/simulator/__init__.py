"""A simulator of Stripe's HTTP API, for the demo, the tests and the browser's tests. No money moves.

It keeps state and speaks Stripe's language: checkout sessions with a page to pay on, intents, charges, refunds,
disputes, balance transactions, events, idempotency keys, signed deliveries. It is kept honest by Stripe's own SDK: what
it is asked is checked against the SDK's types of parameters (`validation`), and what it answers is made from the SDK's
resource classes (`shapes`). What Stripe does at its worst is done on command (`faults`, `deliveries`, `control`).

Runs in a process (`python -m integrations.stripe.simulator`) or in a thread (`server.serve`). Knows no Django.
"""
