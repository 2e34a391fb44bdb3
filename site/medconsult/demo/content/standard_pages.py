"""The page about the clinic; its other pages of text are files in pages_of_text/."""

from __future__ import annotations

from medconsult.demo.content.shapes import FocalPoint, Picture, Section, StandardPage

ABOUT = StandardPage(
    slug="about-us",
    title="About us",
    introduction="Four clinics, doctors who have been checked, and enough time in each appointment to be heard.",
    description="Who we are, how we check doctors and where to find our clinics.",
    picture=Picture(
        "pictures/before-your-visit.webp",
        "Before your visit",
        "Drawing of a notebook with a list, a pen, a pair of glasses and a cup of coffee on a wooden table.",
        FocalPoint(620, 400, 800, 600),
    ),
    sections=(
        Section(
            "What we do",
            (
                (
                    "MedConsult brings independent doctors and patients together in four small clinics, in London, "
                    "Manchester, Bristol and Edinburgh, and by video or phone across the country."
                ),
                (
                    "We look after rooms, bookings and records, so that a doctor's time goes to the person in the "
                    "chair. The doctors set their own hours, their own fees and the length of each visit."
                ),
            ),
        ),
        Section(
            "How we check doctors",
            ("Nobody appears in our search until a member of the verification team has seen, and recorded:",),
            (
                (
                    "an entry on the medical register with a licence to practise, looked up by us and not copied from "
                    "a form"
                ),
                "proof of identity that matches that entry",
                "insurance that covers the work they do here, and until when",
            ),
            "Documents that run out are chased sixty days ahead. If one lapses, new bookings stop the same day.",
        ),
        Section(
            "What we do not do",
            (
                (
                    "We do not sell your data, pay for referrals or ask doctors to see more people in an hour. We are "
                    "not an emergency service and we do not replace your own GP."
                ),
            ),
        ),
    ),
)

STANDARD_PAGES = (ABOUT,)
