"""What production refuses of an environment that by itself is right: what only plays, and links in the clear."""

from __future__ import annotations

from collections.abc import Iterator

from medconsult.settings.env import Environment


def refusals(environment: Environment) -> Iterator[str]:
    """In sentences; none where production may start."""
    # But for the benchmark, which is on loopback.
    if not environment.insecure_http:
        if environment.simulates_stripe:
            yield "STRIPE_SECRET_KEY is the simulator's: nobody would pay anything"
        if not environment.base_url.startswith("https://"):
            yield f"BASE_URL is {environment.base_url}: links that open something would be asked for in the clear"
        # A provider carries mail in its place.
        if not environment.email_provider and not environment.email["EMAIL_BACKEND"].endswith(".smtp.EmailBackend"):
            yield "EMAIL_URL names no mail server: every mail would be lost, and count as sent"
    if environment.sms_provider == "development":
        yield "SMS_PROVIDER is development: texts would become files that nobody reads"
    if environment.pds_provider == "sample":
        yield "PDS_PROVIDER is sample: made-up people would count as traced by the NHS"
    if environment.register_provider == "sample":
        yield "REGISTER_PROVIDER is sample: doctors would be verified by what a made-up register says of them"
