from __future__ import annotations

from typing import Any

from django.forms import SelectDateWidget
from django.forms.renderers import BaseRenderer
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

PARTS = (
    ("day", "Day", "bday-day", 2),
    ("month", "Month", "bday-month", 2),
    ("year", "Year", "bday-year", 4),
)


class BirthDateWidget(SelectDateWidget):
    """A date that people know by heart, typed into three fields (NHS service manual, "Dates").

    What was typed stays in the fields, also where it is no date.
    """

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
                "name": f"{name}_{part}",
                "id": f"{merged.get('id', f'id_{name}')}_{part}",
                "label": label,
                "autocomplete": autocomplete,
                "length": length,
                "value": typed.get(part, ""),
            }
            for part, label, autocomplete, length in PARTS
        ]
        return {"parts": parts, "invalid": "aria-invalid" in merged}

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        return render_to_string("accounts/birth_date.html", self.get_context(name, value, attrs))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = {part: str(data.get(f"{name}_{part}", "")).strip() for part, *_ in PARTS}
        if not any(typed.values()):
            return None
        return f"{typed['year']}-{typed['month']}-{typed['day']}"
