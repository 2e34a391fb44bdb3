from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from accounts.models import User
from audit.services import event_record
from common.errors import NotFound
from records.models import Document
from records.policies import may_open
from records.selectors import document_for
from records.services.documents.steps import capacity_of

ServedT = TypeVar("ServedT")


def document_open(
    *, actor: User, document_id: UUID, serve: Callable[[Document], ServedT], as_preview: bool = False
) -> ServedT:
    """What `serve` makes of the file, for whoever may open it; that they did is in the audit log before it is answered.

    `serve` may ask a storage elsewhere, so no transaction stands around it; if the log cannot be written, let the error
    pass.

    Raises `NotFound`, also for what is not checked and clean.
    """
    document = document_for(actor, document_id)
    if not may_open(actor, document):
        raise NotFound("We cannot find that document.")
    served = serve(document)
    action = "document.viewed" if as_preview else "document.downloaded"
    event_record(action, document, actor=actor, capacity=capacity_of(actor, document))
    return served
