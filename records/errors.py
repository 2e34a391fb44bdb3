from __future__ import annotations

from common.errors import Conflict, Invalid, TooOften
from records.note_content import NoteContent
from records.prescription_content import PrescriptionContent


class StaleDraft(Conflict):
    """Somebody (the same doctor, in another window) has saved since. `stored` is what is saved now, as `version`.

    What was typed is the caller's to keep and show beside it. `is_signed` where it was signed since, and nothing more
    is being written: what is kept then begins an amendment.
    """

    def __init__(self, stored: NoteContent, version: int, *, is_signed: bool = False) -> None:
        self.stored, self.version, self.is_signed = stored, version, is_signed
        done = "signed" if is_signed else "changed"
        message = f"This note was {done} in another window since this page was opened. Nothing was overwritten."
        super().__init__("stale_draft", message)


class StalePrescription(Conflict):
    """As `StaleDraft`, of a prescription."""

    def __init__(self, stored: PrescriptionContent, version: int) -> None:
        self.stored, self.version = stored, version
        message = "This prescription was changed in another window since this page was opened. Nothing was overwritten."
        super().__init__("stale_draft", message)


class DraftOver(Conflict):
    """A prescription that is not edited any more: it was signed or thrown away, maybe in another window."""

    is_over = True

    def __init__(self, current: str, *, is_signed: bool) -> None:
        message = "This draft was thrown away, so it cannot be edited."
        if is_signed:
            message = "This prescription is signed, so it cannot be edited. Replace it by another."
        self.is_signed = is_signed
        super().__init__("illegal_transition", message, current=current)


class CheckRefused(Invalid):
    """Code and date of birth do not fit, the code is nobody's, or it was tried too often: in the same words."""

    def __init__(self) -> None:
        message = (
            "We do not know this code together with this date of birth, or it was asked for too often today. Compare "
            "both with the prescription. If they are right, ring the practice whose address stands on it."
        )
        super().__init__("check_refused", message)


class TooManyChecks(TooOften):
    """One caller has asked too often within a few minutes."""

    retry_after = 10 * 60

    def __init__(self) -> None:
        super().__init__("too_many_checks", "That was too often. Please try again in ten minutes.")


class TooManyTries(TooOften):
    """Somebody has looked for patients in an emergency very often."""

    retry_after = 60 * 60

    def __init__(self) -> None:
        super().__init__("too_many_tries", "You have tried this too often. Wait an hour, or ask an administrator.")
