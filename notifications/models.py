from __future__ import annotations

from datetime import time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.models import DraftStateMixin, PreviewableMixin, RevisionMixin

from common.models import PublicIdModel
from notifications.kinds import Kind, kinds
from notifications.states import ENDED, Channel, MessageStatus
from notifications.wording import LONGEST, Part, Unsayable, checked


class Message(PublicIdModel):
    """One thing told to one person by one channel: the outbox. Written with the change it tells of, sent by a worker.

    `facts` are what the words of `kind` need (doctor, time, place, reference), never clinical detail; some time after
    its end they are purged (`purged_at`), but for the way to what it told of. The row that is an email is the person's
    notice in the app too, until `read_at` and whatever became of the email. `due_at` is when it may be sent next; while
    it is being sent, when its worker's claim ends and another may take it. After `useless_after` it is withheld.
    `withdrawn_at` is since when it is taken back, of one that a worker had at that moment and may send still.
    `about` names the object whose timeline it belongs to, such as `appointment:5f0c…`. `last_error` is why it was not
    sent: the last failure, or why it is withheld.
    """

    kind = models.CharField(max_length=60, choices=kinds)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL, db_default=Channel.EMAIL.value)
    # Empty for an address that was invited: whether anybody has an account with it plays no part.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="messages")
    # Where it goes, as of the last time that a worker took it: whoever has an account may have changed their address
    # since it was queued. Empty for a text, whose number is looked up when it is sent.
    email = models.EmailField()
    facts = models.JSONField(default=dict)
    about = models.CharField(max_length=60, blank=True, default="", db_default="")
    dedupe_key = models.CharField(max_length=120, unique=True)
    status = models.CharField(max_length=10, choices=MessageStatus, default=MessageStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    useless_after = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="message_open_idx", condition=~models.Q(status__in=ENDED)),
            models.Index(fields=["user", "-created_at"], name="message_user_idx"),
            models.Index(
                fields=["user", "created_at"],
                name="message_unread_idx",
                condition=models.Q(read_at=None, channel=Channel.EMAIL),
            ),
            models.Index(fields=["about"], name="message_about_idx", condition=~models.Q(about="")),
        ]
        constraints = [
            models.CheckConstraint(
                name="message_withdrawn_waits_no_more",
                condition=models.Q(withdrawn_at=None)
                | models.Q(status__in=[MessageStatus.IN_FLIGHT, MessageStatus.SENT]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class Preference(models.Model):
    """What a person wants otherwise than everybody: a kind by a channel, switched on or off."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    kind = models.CharField(max_length=60, choices=kinds)
    channel = models.CharField(max_length=10, choices=Channel)
    is_on = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind", "channel"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}: {'on' if self.is_on else 'off'}"


class Contact(models.Model):
    """The mobile number that a person's texts go to, in E.164, once a code that was sent there has come back.

    Of the code only its keyed digest is kept, with the instant of its end and how often a wrong one was typed.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="contact")
    mobile = models.CharField(max_length=20)
    confirmed_at = models.DateTimeField(null=True)
    code_digest = models.CharField(max_length=64, blank=True)
    code_ends_at = models.DateTimeField(null=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return "confirmed number" if self.confirmed_at else "number to be confirmed"


class Undeliverable(models.Model):
    """An address that mail comes back from, or whose owner complained of it; by its keyed digest, nobody's address.

    A row for each of the two: mail that arrives ends the one, and only its owner the other.
    """

    class Reason(models.TextChoices):
        BOUNCE = "bounce", "Mail to it comes back"
        COMPLAINT = "complaint", "Its owner reported our mail as unwanted"

    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=10, choices=Reason)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "reason"], name="undeliverable_once")]

    def __str__(self) -> str:
        return self.get_reason_display()


class Arrival(models.Model):
    """When mail last arrived at an address, by its keyed digest: what came back before that says nothing of it."""

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"arrived {self.at}"


class MailEvent(models.Model):
    """That an event of the mail provider's was taken in, by the provider's own id of it."""

    event_id = models.CharField(max_length=255, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.event_id


class MessageWording(PreviewableMixin, DraftStateMixin, RevisionMixin, models.Model):
    """What an editor says in the messages of a kind otherwise than the product does; an empty field leaves its words.

    One row for each kind of `notifications.wording.REWORDABLE`, made by migrations. What is published is used when a
    message is sent; a draft never is.
    """

    kind = models.CharField(max_length=60, choices=kinds, unique=True, editable=False)
    subject = models.CharField(max_length=LONGEST[Part.SUBJECT], blank=True)
    heading = models.CharField(max_length=LONGEST[Part.HEADING], blank=True)
    opening = models.TextField("opening words", max_length=LONGEST[Part.OPENING], blank=True)
    closing = models.TextField("closing words", max_length=LONGEST[Part.CLOSING], blank=True)

    wagtail_reference_index_ignore = True
    preview_modes = [("html", "Email"), ("text", "Plain text")]

    class Meta:
        verbose_name = "wording"
        verbose_name_plural = "wordings"
        constraints = [
            models.CheckConstraint(
                name="wording_in_one_line",
                condition=~models.Q(subject__regex="[[:cntrl:]]") & ~models.Q(heading__regex="[[:cntrl:]]"),
            ),
            models.CheckConstraint(
                name="wording_without_markup",
                condition=~models.Q(subject__regex="[<>]")
                & ~models.Q(heading__regex="[<>]")
                & ~models.Q(opening__regex="[<>]")
                & ~models.Q(closing__regex="[<>]"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def typed(self) -> dict[Part, str]:
        """What stands in each of its fields."""
        return {part: getattr(self, part.value) for part in Part}

    @property
    def whose_words(self) -> str:
        """Which go out, and whether others wait."""
        said = "An editor’s" if self.live and any(self.typed.values()) else "The product’s"
        return f"{said}; a draft is not published" if self.has_unpublished_changes else said

    def clean(self) -> None:
        """Raises `ValidationError`, beside each field, for what is not to go out."""
        super().clean()
        try:
            checked(Kind(self.kind), self.typed)
        except Unsayable as unsayable:
            raise ValidationError({part.value: told for part, told in unsayable.faults.items()}) from unsayable

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The mail as it would be read, of made-up facts."""
        from notifications.previewing import preview

        return preview(Kind(self.kind), self.typed, mode_name)


@register_setting(icon="mail")
class NotificationSettings(BaseGenericSetting):
    """What an installation decides about messages; `audited` stand in the audit log with their values."""

    audited = ("quiet_from", "quiet_until", "facts_kept_days")

    quiet_from = models.TimeField(
        "no texts from",
        default=time(21),
        help_text="By the clinic’s clock. Texts wait until the end, unless that is too late.",
    )
    quiet_until = models.TimeField("until", default=time(8), help_text="The same time twice: at any hour.")
    facts_kept_days = models.PositiveSmallIntegerField(
        "days for which messages are kept whole",
        default=90,
        validators=[MinValueValidator(1)],
        help_text="Later we keep that there was one, and of what kind, and no more.",
    )

    panels = [
        FieldPanel(
            "quiet_from",
            help_text="By the clinic’s clock. Texts wait until the end, unless that is too late: where the hour of "
            "reminders (booking settings) lies in these and they last until the next day, no reminder is texted.",
        ),
        FieldPanel("quiet_until"),
        FieldPanel("facts_kept_days"),
    ]

    class Meta:
        verbose_name = "message settings"
