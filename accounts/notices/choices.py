"""What a person is told and may choose, sorted by topic, as the page of preferences shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.http import QueryDict

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import caring_of
from notifications.selectors import audience_kinds, is_choice, preferences_of, told_to_you, topic_of
from notifications.states import Channel

_PEOPLE = frozenset({Role.PATIENT.value, Role.DOCTOR.value})


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One checkbox: a kind by a channel; `name` is its field's."""

    kind: str
    channel: Channel
    label: str
    is_on: bool

    @property
    def name(self) -> str:
        return f"{self.kind}.{self.channel.value}"


@dataclass(frozen=True, kw_only=True)
class Row:
    label: str
    choices: list[Choice]


@dataclass(frozen=True, kw_only=True)
class TopicRows:
    """`always` are the kinds that come by email whatever one chooses."""

    label: str
    rows: list[Row] = field(default_factory=list)
    always: list[str] = field(default_factory=list)


def topics_for(user: User, *, with_texts: bool) -> list[TopicRows]:
    """Everything that concerns this person, one statement; texts where there is a number for them."""
    held = preferences_of(user)
    topics: dict[str, TopicRows] = {}
    channels = list(Channel) if with_texts else [Channel.EMAIL]
    for kind in audience_kinds(**_audiences(user)):
        label = topic_of(kind)
        topic = topics.setdefault(label, TopicRows(label=label))
        choices = [
            Choice(kind=kind.value, channel=channel, label=channel.label, is_on=held[kind, channel])
            for channel in channels
            if is_choice(kind, channel)
        ]
        if choices:
            topic.rows.append(Row(label=told_to_you(kind), choices=choices))
        if not is_choice(kind, Channel.EMAIL):
            topic.always.append(told_to_you(kind))
    return list(topics.values())


def texts_concern(user: User) -> bool:
    """Whether anything that this person is told can come as a text."""
    return any(is_choice(kind, Channel.SMS) for kind in audience_kinds(**_audiences(user)))


def _audiences(user: User) -> dict[str, bool]:
    """A carer reads what patients read, a doctor who helps somebody too, and so may everybody who is not there for work
    alone.
    """
    is_doctor = getattr(user, "doctor", None) is not None
    works_here = bool(user.role_names - _PEOPLE)
    is_patient = not is_doctor or hasattr(user, "patient") or caring_of(user).exists()
    return {"patient": is_patient, "doctor": is_doctor, "staff": works_here}


def _all(topics: list[TopicRows]) -> Iterator[Choice]:
    return (choice for topic in topics for row in topic.rows for choice in row.choices)


def wanted_of(topics: list[TopicRows], sent: QueryDict) -> dict[tuple[str, Channel], bool]:
    """What a sent page says of the checkboxes that it has: one that was not ticked is not sent."""
    return {(choice.kind, choice.channel): choice.name in sent for choice in _all(topics)}
