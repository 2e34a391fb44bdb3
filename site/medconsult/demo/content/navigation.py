"""The words of the menus, the small links above them and the footer."""

from __future__ import annotations

from medconsult.demo.content.shapes import Column, Link, Menu

UTILITY = (Link("Emergency help", "/emergency/"), Link("Contact us", "/contact/"), Link("For doctors", "/join/"))

NAVIGATION: tuple[Link | Menu, ...] = (
    Menu(
        Link("Find a doctor", "/doctors/"),
        "Search by name, specialty or what is troubling you, and see who has time soonest.",
        (
            Column(
                "By what you need",
                (
                    Link("General practice", "/specialties/general-practice/", "Anything new, or nobody knows yet"),
                    Link("Skin", "/specialties/dermatology/", "Moles, eczema, acne"),
                    Link("Heart", "/specialties/cardiology/", "Blood pressure, palpitations"),
                    Link("Mental health", "/specialties/mental-health/", "Low mood, worry, sleep"),
                    Link("Children", "/specialties/paediatrics/", "From the first week to sixteen"),
                    Link("All specialties", "/specialties/"),
                ),
            ),
            Column(
                "How it works",
                (
                    Link("Your first visit", "/first-visit/", "What to bring and what happens"),
                    Link("Change or cancel a visit", "/change-or-cancel/", "By yourself, at any hour"),
                    Link("Prices", "/prices/", "Every kind of visit, by specialty"),
                    Link("Fees and cancellation", "/fees-and-cancellation/", "When you pay, and what cancelling costs"),
                ),
            ),
        ),
    ),
    Menu(
        Link("Clinics", "/locations/"),
        "Four small houses with level entrances, and a visit by video from wherever you are.",
        (
            Column(
                "",
                (
                    Link("Calloway Square", "/locations/calloway-square/", "London"),
                    Link("Tannery Wharf", "/locations/tannery-wharf/", "Manchester"),
                    Link("Harbour Row", "/locations/harbour-row/", "Bristol"),
                    Link("Stanes Terrace", "/locations/stanes-terrace/", "Edinburgh"),
                ),
            ),
        ),
    ),
    Menu(
        Link("Health advice", "/health-advice/"),
        "In plain words, checked by one of our doctors, and looked at again every three years.",
        (
            Column(
                "Read most",
                (
                    Link("High blood pressure", "/health-advice/high-blood-pressure/"),
                    Link("A child with a fever", "/health-advice/child-with-a-fever/"),
                    Link("Back pain", "/health-advice/back-pain/"),
                    Link("Sleeping better", "/health-advice/sleeping-better/"),
                    Link("The menopause", "/health-advice/menopause/"),
                ),
            ),
            Column("From our clinics", (Link("News", "/news/"), Link("About us", "/about-us/"))),
        ),
    ),
    Link("Prices", "/prices/"),
    Menu(
        Link("Help", "/questions/"),
        "Short answers. If yours is not among them, write to us.",
        (
            Column(
                "",
                (
                    Link("Booking", "/questions/booking/", "Times, referrals, somebody else’s visit"),
                    Link("Change or cancel a visit", "/change-or-cancel/", "By yourself, at any hour"),
                    Link("Paying", "/questions/paying/", "Cards, receipts, money back"),
                    Link("Your visit", "/questions/your-visit/", "In person, by video, by phone"),
                    Link("Records and privacy", "/questions/records-and-privacy/", "Who sees what"),
                ),
            ),
        ),
    ),
)

FOOTER = (
    Column(
        "Care",
        (
            Link("Find a doctor", "/doctors/"),
            Link("Your first visit", "/first-visit/"),
            Link("Clinics and opening hours", "/locations/"),
            Link("Prices", "/prices/"),
            Link("Fees and cancellation", "/fees-and-cancellation/"),
            Link("Change or cancel a visit", "/change-or-cancel/"),
            Link("Health advice", "/health-advice/"),
        ),
    ),
    Column(
        "MedConsult",
        (
            Link("About us", "/about-us/"),
            Link("News", "/news/"),
            Link("Help", "/questions/"),
            Link("Contact us", "/contact/"),
            Link("Join as a doctor", "/join/"),
        ),
    ),
    Column(
        "Your rights",
        (Link("Accessibility", "/accessibility/"), Link("Privacy", "/privacy/"), Link("Terms of use", "/terms/")),
    ),
)
