from __future__ import annotations

from django.dispatch import Signal

appointment_released = Signal()
"""Sent inside the transaction in which an appointment is cancelled, its hold ends or it is entered in error, with
`appointment` (the locked row; of what is cancelled `cancel_reason` is set), `within_policy` (whether it was free of
charge by the frozen policy) and `now`.
A receiver writes its rows in the same transaction, or raises to undo the cancellation."""
