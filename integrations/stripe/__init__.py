"""Stripe: the only place that imports its SDK. `simulator/` stands in for it where there is no account.

`gateway.gateway()` asks Stripe, `webhooks.event_from()` reads what Stripe sends; both speak in the dataclasses of
`objects` and the errors of `errors`. Amounts are minor units, instants are aware and in UTC.
"""
