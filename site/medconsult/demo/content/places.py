"""Eight specialties and four clinics. The clinics, their addresses and their postcodes are invented; the telephone
numbers come from the ranges that Ofcom keeps for drama."""

from __future__ import annotations

from medconsult.demo.content.shapes import Consent, FocalPoint, Location, Picture, Specialty

SPECIALTIES = (
    Specialty(
        "general-practice",
        "General practice",
        "The first person to ask about almost anything: new symptoms, long-standing conditions, tests and referrals.",
    ),
    Specialty(
        "dermatology",
        "Dermatology",
        "Skin, hair and nails: changing moles, acne, eczema, psoriasis and rashes that will not settle.",
    ),
    Specialty(
        "cardiology",
        "Cardiology",
        "The heart and circulation: chest pain, palpitations, breathlessness, blood pressure and family risk.",
    ),
    Specialty(
        "paediatrics",
        "Paediatrics",
        "Babies, children and teenagers: growth, feeding, asthma, allergies, sleep and worries about development.",
    ),
    Specialty(
        "womens-health",
        "Women's health",
        "Periods, contraception, fertility, menopause and pelvic pain, with time to talk things through.",
    ),
    Specialty(
        "mental-health",
        "Mental health",
        "Anxiety, low mood, sleep, attention, grief and recovery: assessment, treatment and follow-up.",
    ),
    Specialty(
        "bones-joints-and-sport",
        "Bones, joints and sport",
        "Knees, hips, shoulders, backs and hands: injuries, arthritis and the way back to what you enjoy.",
    ),
    Specialty(
        "ear-nose-and-throat",
        "Ear, nose and throat",
        "Hearing, dizziness, sinuses, snoring, hoarse voices and sore throats in adults and children.",
    ),
)

# What patients say, by the slug of the specialty that looks after it; the same words may stand for several.
SEARCH_WORDS = {
    "general-practice": (
        "GP",
        "family doctor",
        "tired all the time",
        "cough",
        "fever",
        "blood test",
        "diabetes",
        "high blood pressure",
        "travel vaccination",
        "headache",
        "asthma",
        "flu",
        "cold",
        "infection",
        "urine infection",
        "sore throat",
        "vaccination",
    ),
    "dermatology": ("skin", "rash", "mole", "acne", "eczema", "psoriasis", "hair loss", "nails", "itching", "hives"),
    "cardiology": (
        "heart",
        "palpitations",
        "chest pain",
        "high blood pressure",
        "breathlessness",
        "angina",
        "cholesterol",
        "circulation",
        "fainting",
    ),
    "paediatrics": (
        "child",
        "children",
        "baby",
        "toddler",
        "asthma",
        "allergies",
        "growth",
        "bedwetting",
        "feeding",
        "eczema",
    ),
    "womens-health": (
        "gynaecology",
        "gynaecologist",
        "periods",
        "contraception",
        "fertility",
        "menopause",
        "pelvic pain",
        "endometriosis",
        "pregnancy",
        "smear test",
    ),
    "mental-health": (
        "psychiatry",
        "psychiatrist",
        "anxiety",
        "depression",
        "low mood",
        "stress",
        "insomnia",
        "sleep",
        "ADHD",
        "grief",
        "panic attacks",
    ),
    "bones-joints-and-sport": (
        "orthopaedics",
        "knee",
        "hip",
        "shoulder",
        "back pain",
        "arthritis",
        "sports injury",
        "sprain",
        "tendon",
        "physiotherapy",
    ),
    "ear-nose-and-throat": (
        "ENT",
        "hearing loss",
        "tinnitus",
        "dizziness",
        "sinusitis",
        "snoring",
        "sore throat",
        "tonsillitis",
        "hoarse voice",
        "nosebleed",
    ),
}

_STREET = FocalPoint(600, 430, 900, 560)

LOCATIONS = (
    Location(
        slug="calloway-square",
        name="Calloway Square Clinic",
        street="14 Calloway Square",
        town="London",
        postcode="WC1N 9XQ",
        phone="020 7946 0112",
        latitude=51.52260,
        longitude=-0.11760,
        access=(
            "Step-free from the street by the ramp to the left of the green door; a lift to every floor. Accessible "
            "toilet on the ground floor. Hearing loop at reception. Two Blue Badge bays in the square. Ten minutes on "
            "foot from Russell Square station, seven from the nearest bus stop."
        ),
        description="A Georgian terrace on a quiet garden square, five minutes from the noise of the main road.",
        picture=Picture(
            "pictures/london.webp",
            "Calloway Square Clinic",
            "Drawing of a brick Georgian terrace with a green front door, railings and a bicycle outside.",
            _STREET,
        ),
    ),
    Location(
        slug="tannery-wharf",
        name="Tannery Wharf Surgery",
        street="3 Tannery Wharf",
        town="Manchester",
        postcode="M3 9XD",
        phone="0161 496 0134",
        latitude=53.47380,
        longitude=-2.25330,
        access=(
            "Level entrance from the quay and automatic doors. All consulting rooms are on the ground floor. "
            "Accessible toilet and a room for feeding or changing a baby. Hearing loop in rooms 1 to 4. Tram stop "
            "four minutes away; pay-and-display parking behind the building."
        ),
        description="A converted warehouse by the canal, with tall windows and every room on one level.",
        picture=Picture(
            "pictures/manchester.webp",
            "Tannery Wharf Surgery",
            "Drawing of a red-brick warehouse with arched windows beside a canal, where a narrowboat is moored.",
            _STREET,
        ),
    ),
    Location(
        slug="harbour-row",
        name="Harbour Row Practice",
        street="27 Harbour Row",
        town="Bristol",
        postcode="BS1 9XT",
        phone="0117 496 0156",
        latitude=51.44910,
        longitude=-2.60720,
        access=(
            "One low step at the front; ring the bell for a portable ramp, or use the level entrance in Rope Lane. "
            "Consulting rooms on the ground and first floors, with a lift. Accessible toilet. Assistance dogs "
            "welcome. Ferry landing and bus stop within five minutes; street parking by permit."
        ),
        description="One of a row of painted houses above the harbour, yellow with a green door.",
        picture=Picture(
            "pictures/bristol.webp",
            "Harbour Row Practice",
            "Drawing of a row of houses painted pink, blue, yellow and green, with more houses on the hill behind.",
            _STREET,
        ),
    ),
    Location(
        slug="stanes-terrace",
        name="Stanes Terrace Clinic",
        street="8 Stanes Terrace",
        town="Edinburgh",
        postcode="EH3 9XZ",
        phone="0131 496 0178",
        latitude=55.95690,
        longitude=-3.20630,
        access=(
            "Level entrance through the garden gate in Stanes Lane; the front door has three steps and a rail. Lift "
            "to both floors. Accessible toilet. British Sign Language interpreters by arrangement, two working days "
            "ahead. Buses stop at the corner; two disabled parking bays opposite."
        ),
        description="A sandstone terrace with a view of the hill, restored with help from the street's residents.",
        picture=Picture(
            "pictures/edinburgh.webp",
            "Stanes Terrace Clinic",
            "Drawing of a tall sandstone terrace with a green door, a street lamp and a hill behind the roofs.",
            _STREET,
        ),
        bank_holidays="SCT",
    ),
)

CONSENTS = (
    Consent(
        "terms",
        "I have read how the clinic uses what I tell it, and agree to be seen here.",
        "Your record stays with the clinic. Who sees what, and who else is told what, stands under Privacy at the foot "
        "of each page.",
        is_required=True,
        read_at="/privacy/",
    ),
    Consent(
        "own-doctor",
        "The doctor may write to my own GP about this visit.",
        "You can take this back at any time.",
        is_required=False,
    ),
)
