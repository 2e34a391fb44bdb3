"""Fields of forms that Django does not have."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from django.forms import SelectDateWidget
from django.forms.renderers import BaseRenderer
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


class Part(NamedTuple):
    name: str
    label: str
    length: int


PARTS = (Part("day", "Day", 2), Part("month", "Month", 2), Part("year", "Year", 4))


class DatePartsWidget(SelectDateWidget):
    """A date that people know by heart or read from a paper, typed into three fields (NHS service manual, "Dates").

    What was typed stays in the fields, also where it is no date. `autocompletes` names what a browser may fill in, by
    part.
    """

    autocompletes: ClassVar[dict[str, str]] = {}

    def format_value(self, value: Any) -> dict[str, str | int | None]:
        if not value:
            return {}
        year, month, day = f"{value}".split("-")[:3] if f"{value}".count("-") > 1 else ("", "", "")
        return {"year": year, "month": month.lstrip("0"), "day": day.lstrip("0")}

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_day"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        merged = self.build_attrs(self.attrs, attrs)
        typed = self.format_value(value)
        parts = [
            {
                "name": f"{name}_{part.name}",
                "id": f"{merged.get('id', f'id_{name}')}_{part.name}",
                "label": part.label,
                "autocomplete": self.autocompletes.get(part.name, "off"),
                "length": part.length,
                "value": typed.get(part.name, ""),
            }
            for part in PARTS
        ]
        return {"parts": parts, "invalid": "aria-invalid" in merged}

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        return render_to_string("ui/partials/date_parts.html", self.get_context(name, value, attrs))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = {part.name: str(data.get(f"{name}_{part.name}", "")).strip() for part in PARTS}
        if not any(typed.values()):
            return None
        return f"{typed['year']}-{typed['month']}-{typed['day']}"


class BirthDateWidget(DatePartsWidget):
    """One's own date of birth."""

    autocompletes: ClassVar[dict[str, str]] = {"day": "bday-day", "month": "bday-month", "year": "bday-year"}
