"""Blocks that show what the clinic's own rows say, never what somebody typed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from doctors.selectors import doctor_cards
from home.blocks.choosers import PageChooserBlock
from home.blocks.live import Clinic, clinic_in, location_choices, specialty_choices

GROUP = "Live from the clinic"


class SlugBlock(blocks.ChoiceBlock):
    """A choice among rows, by slug: reading a page need not ask what there was to choose from."""

    def to_python(self, value: Any) -> Any:
        return value

    def normalize(self, value: Any) -> Any:
        return value


class LiveBlock(blocks.StructBlock):
    """A heading over what is read when the page is, so that it is never out of date."""

    heading = blocks.CharBlock(max_length=80, help_text="Over what is shown; it says what that is.")
    introduction = blocks.CharBlock(
        max_length=200, required=False, help_text="One sentence below the heading; may be left out."
    )

    # What the site's search finds such a block by: what it shows stands in no page.
    found_by: ClassVar[str] = ""

    def get_searchable_content(self, value: Any) -> list[str]:
        return [*super().get_searchable_content(value), *filter(None, [self.found_by])]

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        clinic = clinic_in(parent_context)
        return {**context, "clinic": clinic, **self.read(value, clinic)}

    def read(self, value: Any, clinic: Clinic) -> dict[str, Any]:
        """What the template shows besides the block's own value."""
        return {}


class SpecialtiesBlock(LiveBlock):
    class Meta:
        icon = "clipboard-list"
        group = GROUP
        description = "All specialties in which there is a doctor, each with their number."
        template = "home/blocks/specialties.html"
        preview_value = {"heading": "What do you need help with?", "introduction": ""}


class FeaturedDoctorsBlock(LiveBlock):
    """The doctors whom a patient can see soonest: on the home page, which has found them for its opening too."""

    class Meta:
        icon = "user"
        label = "Doctors"
        group = GROUP
        description = "The doctors whom a patient can see soonest."
        template = "home/blocks/doctors.html"
        preview_value = {"heading": "Free soonest", "introduction": ""}


class LocationsBlock(LiveBlock):
    class Meta:
        icon = "home"
        group = GROUP
        description = "Every location with its address and telephone."
        template = "home/blocks/locations.html"
        preview_value = {"heading": "Where we are", "introduction": ""}


class DoctorCardsBlock(LiveBlock):
    """Doctors of a specialty, whoever can be seen soonest first, or those that an editor chose, in that order.

    Only listed doctors: one who is suspended is gone from the page at once.
    """

    specialty = SlugBlock(choices=specialty_choices, required=False, help_text="Empty for doctors of any specialty.")
    doctors = blocks.ListBlock(
        PageChooserBlock(page_type="doctors.DoctorPage", label="Doctor"),
        min_num=0,
        max_num=8,
        help_text="Or choose them by name: then these and no others, in this order.",
    )
    number = blocks.IntegerBlock(min_value=1, max_value=8, default=4, help_text="How many at most.")

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned["specialty"] and any(cleaned["doctors"]):
            message = ValidationError("Choose a specialty or doctors by name: one of the two.")
            raise StructBlockValidationError(block_errors={"specialty": message})
        return cleaned

    def read(self, value: Any, clinic: Clinic) -> dict[str, Any]:
        pages = [page.pk for page in value["doctors"] if page]
        cards = doctor_cards(
            now=clinic.now,
            choices=clinic.choices,
            specialty=value["specialty"] or "",
            page_ids=pages,
            size=value["number"] or len(pages) or 1,
        )
        return {"cards": cards}

    class Meta:
        icon = "user"
        label = "Doctor cards"
        group = GROUP
        description = "Doctors with their next free times: of a specialty, or chosen by name."
        template = "home/blocks/doctor_cards.html"
        # As an editor finds it; most leave it so.
        default: ClassVar[dict[str, Any]] = {"heading": "Doctors you can see this week", "doctors": []}
        preview_value = {
            "heading": "Doctors you can see this week",
            "introduction": "",
            "specialty": "",
            "doctors": [],
            "number": 4,
        }


class FindADoctorBlock(LiveBlock):
    class Meta:
        icon = "search"
        label = "Find a doctor"
        group = GROUP
        description = "The search for a doctor by name, specialty and place. Once a page."
        template = "home/blocks/find_a_doctor.html"
        # As an editor finds it; most leave it so.
        default: ClassVar[dict[str, str]] = {"heading": "Find a doctor"}
        preview_value = {"heading": "Find a doctor", "introduction": "By name, by specialty or by what troubles you."}


class OpeningHoursBlock(LiveBlock):
    """The week ahead of one place or of all, less bank holidays and closures, as their pages and diaries say it."""

    location = SlugBlock(
        choices=location_choices, required=False, help_text="Empty for every location that has a page with its hours."
    )

    found_by = "opening hours, opening times, when we are open"

    def read(self, value: Any, clinic: Clinic) -> dict[str, Any]:
        from home.opening import places_open

        return {"places": places_open(clinic.locations, value["location"] or "", now=clinic.now)}

    class Meta:
        icon = "time"
        label = "Opening hours"
        group = GROUP
        description = "When a location is open in the next seven days, bank holidays and closures taken out."
        template = "home/blocks/opening_hours.html"
        # As an editor finds it; most leave it so.
        default: ClassVar[dict[str, str]] = {"heading": "When we are open"}
        preview_value = {"heading": "When we are open", "introduction": "", "location": ""}


def priced_in(body: Any) -> set[str]:
    """The specialties whose prices a page's stream shows, as `Clinic` wants them; read from its stored form."""
    return {block["value"].get("specialty") or "" for block in body.raw_data if block["type"] == "prices"}


class PricesBlock(LiveBlock):
    """What visits cost, from the doctors' own visit types: a price that changes there has changed here."""

    specialty = SlugBlock(choices=specialty_choices, required=False, help_text="Empty for all of them.")

    found_by = "price, prices, cost, costs, fee, fees, how much"

    def read(self, value: Any, clinic: Clinic) -> dict[str, Any]:
        prices = clinic.prices(value["specialty"] or "")
        varies = any(row.least != row.most for row in prices)
        return {"prices": prices, "explains": varies and clinic.says_first("two prices")}

    class Meta:
        icon = "tag"
        label = "Prices"
        group = GROUP
        description = "The visits that can be booked with their prices, read from the doctors. Nothing is typed."
        template = "home/blocks/prices.html"
        # As an editor finds it; most leave it so.
        default: ClassVar[dict[str, str]] = {"heading": "What a visit costs"}
        preview_value = {"heading": "What a visit costs", "introduction": "", "specialty": ""}
