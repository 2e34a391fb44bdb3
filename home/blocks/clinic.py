"""Blocks that show what the clinic's own rows say, never what somebody typed."""

from __future__ import annotations

from wagtail import blocks


class HeadedBlock(blocks.StructBlock):
    """A heading over what the home page has read from the doctors, so that it is never out of date."""

    heading = blocks.CharBlock(max_length=80)
    introduction = blocks.CharBlock(max_length=200, required=False)


class SpecialtiesBlock(HeadedBlock):
    class Meta:
        icon = "clipboard-list"
        template = "home/blocks/specialties.html"


class FeaturedDoctorsBlock(HeadedBlock):
    """The doctors whom a patient can see soonest."""

    class Meta:
        icon = "user"
        label = "Doctors"
        template = "home/blocks/doctors.html"


class LocationsBlock(HeadedBlock):
    class Meta:
        icon = "home"
        template = "home/blocks/locations.html"
