"""The words of the home page, and of pages that lead to others."""

from __future__ import annotations

from medconsult.demo.content.shapes import FocalPoint, Home, Opening, Picture, Question, Step

CONSULTING_ROOM = Picture(
    "pictures/consulting-room.webp",
    "The consulting room",
    "Drawing of a doctor and an older patient talking at a desk by a bright window with plants.",
    FocalPoint(990, 520, 860, 640),
)

HOME = Home(
    title="MedConsult",
    headline="A doctor who has time for you",
    text="Choose a verified doctor, see when they are free and book in a few minutes, in person or by video.",
    description="Book a verified doctor in London, Manchester, Bristol or Edinburgh, in person, by video or by phone.",
    picture=CONSULTING_ROOM,
    steps_heading="How it works",
    steps=(
        Step(
            "Find your doctor",
            "Search by name, specialty or what is troubling you. Every profile says what the doctor treats, which "
            "languages they speak and what a visit costs.",
        ),
        Step(
            "Choose a time",
            "You see real free times, not a request form. Pick one, check the details and confirm.",
        ),
        Step(
            "Come as you are",
            "You get a confirmation with an entry for your calendar. If plans change, move or cancel it yourself.",
        ),
    ),
    reasons_heading="Why people book with us",
    reasons=(
        Step(
            "Every doctor is checked",
            "We confirm registration with the General Medical Council, identity and insurance before a profile goes "
            "live, and again when a document runs out.",
        ),
        Step(
            "The price is the price",
            "It is shown before you choose a time and does not change afterwards. No membership and no booking fee.",
        ),
        Step(
            "Your record is yours",
            "You decide who sees your appointments. You can let somebody you trust help you, and take that back.",
        ),
        Step(
            "Made for everyone",
            (
                "Large type, plain words, no timers running down. It works with a keyboard, a screen reader or an old "
                "phone."
            ),
        ),
    ),
    questions_heading="Questions people ask",
    questions=(
        Question(
            "Do I need a referral?",
            "No. You can book any doctor here yourself. If you have a letter or test results, bring them along.",
        ),
        Question(
            "How soon can I be seen?",
            "Often the same day or the next. Each doctor's card shows the next three free times, and you can sort by "
            "who is free soonest.",
        ),
        Question(
            "What if I have to cancel?",
            "You can cancel free of charge until 24 hours before. After that the clinic may charge you, and of what "
            "you paid online you get back half. You see the exact date and time before you book.",
        ),
        Question(
            "Can somebody help me with my appointments?",
            "Yes. Share an appointment with a person you trust: they can see it and cancel it for you, and you can "
            "take that back whenever you like.",
        ),
        Question(
            "Will you tell my GP?",
            "Only if you agree. With your permission the doctor sends your own surgery a short letter after the visit.",
        ),
        Question(
            "Is this for emergencies?",
            "No. If somebody's life may be in danger call 999. For urgent advice when you do not know what to do, "
            "call 111. Both are open all day and all night.",
        ),
    ),
)

SECTIONS = {
    "specialties": Opening(
        "Specialties",
        "What our doctors look after, in plain words, and who works in each field.",
        "General practice, dermatology, cardiology and more: what each looks after and who you can see.",
    ),
    "locations": Opening(
        "Our clinics",
        "Four small clinics. Opening hours, how to get there, and how to get in.",
        "Addresses, opening hours, access and directions of our clinics.",
    ),
    "health-advice": Opening(
        "Health advice",
        "Written in plain English, checked by a doctor, and looked at again every three years.",
        "Health information in plain English, checked by our doctors.",
    ),
    "news": Opening("News", "What is new at our clinics.", "What is new at our clinics."),
    "contact": Opening(
        "Contact us",
        "About the website, an invoice, a complaint or a thank you: write to us, and you have an answer in two days.",
        "How to reach us: by phone, by email, or by a form.",
    ),
    "questions": Opening(
        "Help",
        "How to book, move and cancel, what it costs, and what happens on the day.",
        "Answers about booking, paying, your visit and your record.",
    ),
}

CLINIC = {
    "clinic_name": "MedConsult",
    "tagline": "Verified doctors, at a time that suits you.",
    "phone": "020 7946 0100",
    "email": "hello@demo.example",
    "footer_address": "MedConsult, 14 Calloway Square, London",
    "footer_legal": "An invented clinic, made to show this software: nobody here exists, and nobody can treat you.",
    "emergency": "In an emergency call 999. For urgent medical advice call 111.",
    "description": HOME.description,
}
