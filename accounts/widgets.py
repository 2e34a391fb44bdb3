from __future__ import annotations

from typing import ClassVar

from common.widgets import DatePartsWidget


class BirthDateWidget(DatePartsWidget):
    autocompletes: ClassVar[dict[str, str]] = {"day": "bday-day", "month": "bday-month", "year": "bday-year"}
