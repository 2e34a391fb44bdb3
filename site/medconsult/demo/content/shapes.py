"""The shapes of the sample content. Plain data: no Django here, so that anything may read it.

Money is in pence, times are wall-clock times in the location's zone, weekdays count from Monday = 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

FOLDER = Path(__file__).resolve().parent
Modality: TypeAlias = Literal["in_person", "video", "phone"]
Gender: TypeAlias = Literal["female", "male", "other", "unknown"]
Standing: TypeAlias = Literal["verified", "pending", "suspended", "rejected"]
DAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}


class FocalPoint(NamedTuple):
    """Where the eye should rest, in pixels of the picture: the centre and the size around it."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Picture:
    """A drawing of ours with what it shows in words. `file` lies under this folder."""

    file: str
    title: str
    alt: str
    focal: FocalPoint

    @property
    def path(self) -> Path:
        return FOLDER / self.file


# The portraits share one crop: 800 x 1000, the face in the same place.
FACE = FocalPoint(400, 430, 380, 500)


@dataclass(frozen=True)
class Specialty:
    slug: str
    name: str
    description: str


@dataclass(frozen=True)
class Location:
    slug: str
    name: str
    street: str
    town: str
    postcode: str
    phone: str
    latitude: float
    longitude: float
    access: str
    description: str
    picture: Picture
    zone: str = "Europe/London"
    bank_holidays: Literal["ENG", "SCT"] = "ENG"


@dataclass(frozen=True)
class Visit:
    """A visit type: `buffer_before`, `buffer_after` and `notice` in minutes, `price` and `deposit` in pence.

    Where visits are paid online the deposit is due then, without one the price.
    """

    name: str
    minutes: int
    price: int
    modality: Modality = "in_person"
    buffer_before: int = 0
    buffer_after: int = 0
    notice: int = 120
    horizon_days: int = 60
    needs_approval: bool = False
    deposit: int | None = None


@dataclass(frozen=True)
class Consent:
    code: str
    statement: str
    more: str
    is_required: bool
    read_at: str = ""


@dataclass(frozen=True)
class Window:
    weekday: int
    start: time
    end: time
    location: str


def week(days: str, hours: str, location: str) -> tuple[Window, ...]:
    """Windows such as `week("mon wed", "09:00-12:30 13:30-17:00", "calloway-square")`."""
    spans = [tuple(time.fromisoformat(end) for end in span.split("-")) for span in hours.split()]
    return tuple(Window(DAYS[day], start, end, location) for day in days.split() for start, end in spans)


@dataclass(frozen=True)
class Qualification:
    name: str
    institution: str
    year: int


@dataclass(frozen=True)
class Question:
    """`answer` is one paragraph of plain text."""

    question: str
    answer: str


@dataclass(frozen=True)
class Doctor:
    """A doctor with everything that the profile shows. The portrait's file is named after the slug."""

    given_name: str
    family_name: str
    slug: str
    gmc_number: str
    gender: Gender
    languages: tuple[str, ...]
    specialties: tuple[str, ...]
    locations: tuple[str, ...]
    summary: str
    biography: tuple[str, ...]
    qualifications: tuple[Qualification, ...]
    interests: tuple[str, ...]
    visits: tuple[Visit, ...]
    windows: tuple[Window, ...]
    looks: str
    title: str = "Dr"
    standing: Standing = "verified"
    questions: tuple[Question, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.title} {self.given_name} {self.family_name}"

    @property
    def portrait(self) -> Picture:
        alt = f"Illustrated portrait of {self.name}, {self.looks}."
        return Picture(f"portraits/{self.slug}.webp", f"Portrait of {self.name}", alt, FACE)


@dataclass(frozen=True)
class Patient:
    given_name: str
    family_name: str
    birth_date: date
    gender: Gender
    phone: str
    nhs_number: str = ""


@dataclass(frozen=True)
class Link:
    """`target` is a path on this site; `text` says in a few words what is there."""

    label: str
    target: str
    text: str = ""


@dataclass(frozen=True)
class Column:
    heading: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Menu:
    """A word of the main menu that opens on columns of links, with a sentence beside them."""

    link: Link
    text: str
    groups: tuple[Column, ...]


@dataclass(frozen=True)
class Opening:
    """How a page that leads to others begins."""

    title: str
    introduction: str
    description: str


@dataclass(frozen=True)
class Section:
    """A heading with paragraphs and, after them, a list."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    after: str = ""


@dataclass(frozen=True)
class StandardPage:
    slug: str
    title: str
    introduction: str
    description: str
    sections: tuple[Section, ...]
    questions: tuple[Question, ...] = ()
    picture: Picture | None = None


@dataclass(frozen=True)
class Step:
    title: str
    text: str


@dataclass(frozen=True)
class Home:
    title: str
    headline: str
    text: str
    description: str
    picture: Picture
    steps_heading: str
    steps: tuple[Step, ...]
    reasons_heading: str
    reasons: tuple[Step, ...]
    questions_heading: str
    questions: tuple[Question, ...] = field(default_factory=tuple)
