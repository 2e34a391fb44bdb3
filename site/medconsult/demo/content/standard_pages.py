"""The pages of text that every clinic needs."""

from __future__ import annotations

from medconsult.demo.content.shapes import FocalPoint, Picture, Question, Section, StandardPage

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
                "insurance that covers the work they do here",
                "two references from colleagues in the past three years",
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

FEES = StandardPage(
    slug="fees-and-cancellation",
    title="Fees and cancellation",
    introduction="What a visit costs, when you pay and what happens if plans change.",
    description="Fees, payment and cancelling, in plain words.",
    sections=(
        Section(
            "What it costs",
            (
                (
                    "Each doctor sets a fee for each kind of visit. You see it on the profile and again before you "
                    "confirm. It includes the visit, the letter afterwards and any short question about it within a "
                    "week."
                ),
                (
                    "Blood tests, scans, medicines and procedures are charged separately. The doctor will tell you "
                    "the price first, and you may say no or have them done elsewhere."
                ),
            ),
        ),
        Section(
            "When you pay",
            (
                (
                    "Visits that are free are confirmed at once. Others are paid online when you book, or at the "
                    "clinic by card or in cash: the page says which before you confirm. The amount never changes "
                    "after you have booked."
                ),
            ),
        ),
        Section(
            "Cancelling",
            ("You can cancel free of charge until 24 hours before. After that the clinic may charge you.",),
            (
                "You see the exact date and time before you book, in the confirmation, and again before you cancel.",
                "A visit without a fee costs nothing to cancel.",
                "If the doctor or the clinic cancels, you pay nothing.",
                "To change the time, move the visit: you keep what you have paid.",
            ),
        ),
        Section(
            "If the fee is a problem",
            (
                (
                    "Talk to us before you cancel care that you need. Every doctor keeps some visits at a lower fee, "
                    "and for many problems your own GP can help without charge."
                ),
            ),
        ),
    ),
    questions=(
        Question(
            "Does insurance cover it?",
            "Often. Ask your insurer for an authorisation number before you come. You pay us, and we give you a "
            "receipt to claim with.",
        ),
        Question(
            "I was ill on the day. Do I still pay?",
            "Ring us when you can. For sudden illness, bereavement or a child taken ill we do not charge.",
        ),
    ),
)

ACCESSIBILITY = StandardPage(
    slug="accessibility",
    title="Accessibility",
    introduction="This website and our clinics should work for everybody. Where they do not, we want to know.",
    description="How accessible the website and the clinics are, and how to ask for what you need.",
    sections=(
        Section(
            "The website",
            ("We aim for level AA of the Web Content Accessibility Guidelines, version 2.2. You should be able to:",),
            (
                "use everything with a keyboard alone, and always see where you are",
                "hear every page with a screen reader, including forms and their errors",
                "enlarge the text to four times its size without scrolling sideways",
                "book without JavaScript, and without a clock running down",
                "choose a light or a dark appearance, and stop movement, in your own device's settings",
            ),
        ),
        Section(
            "The clinics",
            (
                (
                    "Every clinic has a step-free way in, an accessible toilet and a hearing loop at reception or in "
                    "the consulting rooms. Each clinic's details are on the profiles of the doctors who work there."
                ),
                "Tell us when you book, or ring the clinic, if it would help to have:",
            ),
            (
                "a longer appointment, or the first or last of the day",
                "a quiet place to wait",
                "an interpreter, including British Sign Language",
                "letters in large print, Braille, audio or Easy Read",
                "somebody to meet you at the door",
            ),
        ),
        Section(
            "What is not right yet",
            (
                (
                    "Some older letters and results arrive as scanned pages that a screen reader cannot read. Ask us "
                    "and we will type them out for you within three working days."
                ),
            ),
        ),
        Section(
            "Tell us",
            (
                (
                    "Write to access@demo.example or ring 020 7946 0100. We answer within two working days. If our "
                    "answer does not help, the Equality Advisory and Support Service can advise you."
                ),
            ),
        ),
    ),
)

PRIVACY = StandardPage(
    slug="privacy",
    title="Privacy",
    introduction="What we keep about you, why, for how long, and who can see it.",
    description="What we hold about you, why, for how long, who sees it, and your rights.",
    sections=(
        Section(
            "What we keep",
            (),
            (
                "Your account: name, email address, date of birth and telephone number.",
                "Your appointments: with whom, when, where, and what you wrote as the reason.",
                "A record of who looked at or changed any of this, and when.",
            ),
            "We keep no advertising profile. Pages load nothing from other companies.",
        ),
        Section(
            "Why",
            (
                (
                    "We need it to provide health care, which the law allows us to do under Articles 6(1)(b) and "
                    "9(2)(h) of the UK General Data Protection Regulation, and to keep the records that the law asks "
                    "of doctors."
                ),
            ),
        ),
        Section(
            "Who can see it",
            (
                (
                    "You, the doctor whom you booked, and the staff of that clinic as far as they need it for the "
                    "diary. Nobody who edits this website can see patients' data. You may share a single appointment "
                    "with somebody you trust and take that back at any time."
                ),
                "What you write as the reason for a visit is stored encrypted and is never put into an email.",
            ),
        ),
        Section(
            "How long",
            (
                (
                    "An account without appointments is deleted after two years. Records of care are kept for as long "
                    "as the law and professional guidance ask: eight years for most adults, longer for children."
                ),
            ),
        ),
        Section(
            "Your rights",
            (
                (
                    "You may see what we hold, have mistakes put right, take a copy with you, object, and ask for "
                    "your account to be deleted. Write to privacy@demo.example. We answer within a month, free of "
                    "charge."
                ),
                "If you are unhappy with our answer you may complain to the Information Commissioner's Office.",
            ),
        ),
        Section(
            "Cookies",
            (
                (
                    "We set two, both needed: one keeps you signed in, the other protects forms against forgery. "
                    "Neither follows you anywhere, so there is no banner to close."
                ),
            ),
        ),
    ),
)

STANDARD_PAGES = (ABOUT, FEES, ACCESSIBILITY, PRIVACY)
