from __future__ import annotations

import logging

from celery import shared_task

from audit import selectors, services
from audit.anchors import line_of

logger = logging.getLogger(__name__)


@shared_task(name="audit.seal_events")
def seal_events() -> int:
    """Seal what can be sealed. Each seal's line in the log is an anchor kept outside the database."""
    seals = services.events_seal()
    for seal in seals:
        logger.info("Audit seal %s:%s over %s events", seal.sequence, seal.digest, seal.count)
    return len(seals)


@shared_task(name="audit.log_anchor")
def log_anchor() -> None:
    """Once a day, the end of the chain as a line of the log: the log store keeps it where the database cannot reach."""
    seal = selectors.seal_latest()
    if seal:
        logger.info("%s", line_of(seal, count=selectors.sealed_count(up_to=seal.sequence)))
