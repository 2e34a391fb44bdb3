"""The pages of the product as each person meets them: one list for the browser tests and for `make screenshots`.

A path may have `{places}`. A test fills them from its own scene with `filled`; on the sample data they are found as a
person would find them, by following the links of a page (`Person.finds`). Where a group is tested elsewhere, in the
journey that leads there, it stands in its person's `also` and is pictured only.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Pages = dict[str, str]


@dataclass(frozen=True)
class Person:
    """Who looks, what they look at, and where the ids in its addresses are found."""

    name: str
    account: str | None
    pages: Pages = field(default_factory=dict)
    also: Pages = field(default_factory=dict)
    # place -> (the page on which it is linked, a regular expression whose first group it is)
    finds: dict[str, tuple[str, str]] = field(default_factory=dict)
    # Forms that are sent as they came: name -> (path, the button's name)
    refused: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def everything(self) -> Pages:
        return self.pages | self.also


def filled(pages: Pages, **places: object) -> Pages:
    """The same pages with every place in their paths filled; a `KeyError` names one that is not given."""
    return {name: path.format(**places) for name, path in pages.items()}


ID = "([0-9a-f-]{36})"

VISITOR = Person(
    "visitor",
    None,
    pages={
        "home": "/",
        "doctors": "/doctors/",
        "doctors-none": "/doctors/?q=nobody+so+named",
        "doctors-wrong-filter": "/doctors/?specialty=no-such",
        "doctor": "/doctors/{doctor}/",
        "times": "/book/{doctor}/times/",
        "times-later": "/book/{doctor}/times/?from=2099-01-01",
        "standard": "/about-us/",
        "landing": "/first-visit/",
    },
    also={
        "fees": "/fees-and-cancellation/",
        "prices": "/prices/",
        "privacy": "/privacy/",
        "specialties": "/specialties/",
        "specialty": "{specialty}",
        "clinics-public": "/locations/",
        "clinic": "{clinic}",
        "articles": "/health-advice/",
        "article": "{article}",
        "news": "/news/",
        "news-item": "{news}",
        "questions": "/questions/",
        "contact": "/contact/",
        "search": "/search/?q=skin",
        "search-none": "/search/?q=xyzzy",
        "search-empty": "/search/",
        "join": "/join/",
        "prescription-check": "/prescriptions/check/",
        "not-found": "/no-such-page/",
    },
    finds={
        "doctor": ("/doctors/", r"/doctors/([a-z-]+)/"),
        "specialty": ("/specialties/", r'href="(?:http://[^/"]+)?(/specialties/[a-z-]+/)"'),
        "clinic": ("/locations/", r'href="(?:http://[^/"]+)?(/locations/[a-z-]+/)"'),
        "article": ("/health-advice/", r'href="(?:http://[^/"]+)?(/health-advice/[a-z0-9-]+/)"'),
        "news": ("/news/", r'href="(?:http://[^/"]+)?(/news/[a-z0-9-]+/)"'),
    },
    refused={"contact": ("/contact/", "Send")},
)

AT_THE_DOOR = Person(
    "door",
    None,
    pages={
        "login": "/account/login/",
        "signup": "/account/signup/",
        "signup-to-book": "/account/signup/?next=/book/{doctor}/confirm/",
        "reset": "/account/password/reset/",
    },
    finds={"doctor": VISITOR.finds["doctor"]},
    refused={
        "login": ("/account/login/", ""),
        "signup": ("/account/signup/", ""),
        "reset": ("/account/password/reset/", ""),
    },
)

PATIENT = Person(
    "patient",
    "patient@demo.example",
    pages={
        "patient-home": "/home/",
        "appointments": "/appointments/",
        "appointments-past": "/appointments/past/",
        "appointment": "/appointments/{booked}/",
        "appointment-requested": "/appointments/{requested}/",
        "cancel": "/appointments/{booked}/cancel/",
        "health-record": "/health-record/",
        "documents": "/health-record/documents/",
        "documents-add": "/health-record/documents/add/",
        "health-record-notes": "/health-record/notes/",
        "own-calendar": "/calendar/",
        "profile": "/account/profile/",
        "consents": "/account/consents/",
        "notices": "/account/notices/",
        "notices-chosen": "/account/notifications/",
        "email": "/account/email/",
        "password": "/account/password/change/",
        "logout": "/account/logout/",
    },
    also={
        "move": "/appointments/{booked}/move/",
        "note-read": "/notes/{note}/",
        "document": "/records/documents/{document}/",
        "prescriptions": "/health-record/prescriptions/",
        "prescription": "/prescriptions/{prescription}/",
        "allergies": "/health-record/allergies/",
        "export": "/health-record/export/",
        "who-can-see": "/health-record/access/",
        "share": "/health-record/share/",
        "payments": "/payments/",
        "carers": "/account/carers/",
        "caring": "/account/caring/",
        "record-access": "/account/record-access/",
        "security": "/account/security/",
        "times-signed-in": "/book/{doctor}/times/",
        "forbidden": "/my-day/",
    },
    finds={
        "doctor": VISITOR.finds["doctor"],
        "booked": ("/appointments/", f"/appointments/{ID}/"),
        "requested": ("/appointments/", f"(?s).*/appointments/{ID}/"),
        "note": ("/health-record/notes/", f"/notes/{ID}/"),
        "document": ("/health-record/documents/", f"/records/documents/{ID}/"),
        "prescription": ("/health-record/prescriptions/", f"/prescriptions/{ID}/"),
    },
)

DOCTOR = Person(
    "doctor",
    "doctor@demo.example",
    pages={
        "doctors-home": "/home/",
        "day": "/my-day/",
        "day-with-visits": "/my-day/?date={day}",
        "day-appointment": "/appointments/{booked}/",
        "history": "/appointments/{booked}/history/",
        "day-request": "/appointments/{requested}/",
        "week": "/my-day/week/?date={day}",
        "past-days": "/my-day/past/",
        "notes-to-write": "/my-day/notes/",
        "documents-of-a-patient": "/patients/{patient}/documents/",
        "documents-add-for-a-patient": "/patients/{patient}/documents/add/",
        "note-to-begin": "/appointments/{booked}/note/",
        "running-late": "/my-day/running-late/",
        "cancel-rest": "/my-day/cancel-rest/",
        "hours": "/availability/rules/{rule}/",
        "several-hours": "/availability/rules/several/",
        "outside-hours": "/availability/outside/",
        "limits": "/availability/limits/",
        "own-page": "/my-page/",
        "availability": "/availability/",
    },
    also={
        "prescribe": "/appointments/{booked}/prescriptions/",
        "prescriptions-written": "/my-day/prescriptions/",
        "prescription-of-a-patient": "/prescriptions/{prescription}/",
        "note-of-a-patient": "/appointments/{seen}/note/",
        "patients-record": "/patients/{patient}/record/",
        "open-to-me": "/my-day/records/",
        "verification": "/verification/",
    },
    finds={
        # The earliest of the next weeks' visits, in the order of the page that lists what is new.
        "booked": ("/my-day/", f"/appointments/{ID}/"),
        "requested": ("/my-day/", f"(?s).*/appointments/{ID}/"),
        "day": ("/appointments/{booked}/", r"date=(\d{4}-\d\d-\d\d)"),
        "last": ("/my-day/past/", r"date=(\d{4}-\d\d-\d\d)"),
        "seen": ("/my-day/?date={last}", f"/appointments/{ID}/"),
        "patient": ("/appointments/{seen}/", f"/patients/{ID}/"),
        "rule": ("/availability/", f"/availability/rules/{ID}/"),
        "prescription": ("/my-day/prescriptions/", f"/prescriptions/{ID}/"),
    },
)

APPLICANT = Person(
    "applicant",
    "applicant@demo.example",
    pages={
        "verification-tasks": "/verification/",
        "verification-particulars": "/verification/particulars/",
        "verification-indemnity": "/verification/indemnity/",
        "verification-statement": "/verification/statement/",
        "verification-submit": "/verification/submit/",
    },
    also={"applicants-home": "/home/"},
)

JOINING = Person(
    "joining",
    "newcomer@demo.example",
    also={"joining-home": "/home/", "joining-tasks": "/verification/", "joining-statement": "/verification/statement/"},
    refused={"joining-indemnity": ("/verification/indemnity/", "Save")},
)

RECEPTION = Person(
    "reception",
    "reception@demo.example",
    also={"receptions-home": "/home/", "clinics": "/clinic/", "clinic-day": "{clinic}"},
    finds={"clinic": ("/home/", r"(/clinic/[a-z-]+/)")},
)

EDITOR = Person(
    "editor",
    "editor@demo.example",
    also={
        "desk": "/admin/",
        "desk-pages": "/admin/pages/",
        "desk-edit": "{edit}",
        "desk-images": "/admin/images/",
        "desk-doctors": "/admin/doctors/",
        "desk-checks": "/admin/content/checks/",
        "desk-review": "/admin/content/review/",
        "desk-links": "/admin/content/links/",
        "desk-blocks": "/admin/content/blocks/",
        "desk-promoted": "/admin/searchpicks/",
        "desk-help": "/admin/help/groups/",
        "desk-words": "/admin/snippets/notifications/messagewording/",
        "desk-word": "{words}",
    },
    finds={
        "words": ("/admin/snippets/notifications/messagewording/", r'href="(/admin/snippets/[a-z/]+/edit/\d+/)'),
        "tree": ("/admin/pages/", r'href="(/admin/pages/\d+/)"'),
        "edit": ("{tree}", r'href="(/admin/pages/\d+/edit/)'),
    },
)

MODERATOR = Person(
    "moderator",
    "moderator@demo.example",
    also={"moderators-desk": "/admin/", "proposals": "/admin/proposals/", "proposal": "/admin/proposals/{proposal}/"},
    finds={"proposal": ("/admin/proposals/", f"/admin/proposals/{ID}/")},
)

VERIFIER = Person(
    "verifier",
    "verifier@demo.example",
    also={
        "verifiers-desk": "/admin/",
        "queue": "/admin/verification/",
        "case": "/admin/verification/{case}/",
        "verification-report": "/admin/verification/report/",
    },
    finds={"case": ("/admin/verification/", f"/admin/verification/{ID}/")},
)

BILLING = Person(
    "billing",
    "billing@demo.example",
    also={
        "billing-desk": "/admin/",
        "money": "/admin/billing/",
        "comparisons": "/admin/billing/comparisons/",
        "ledger": "/admin/payments/",
    },
)

ADMINISTRATOR = Person(
    "administrator",
    "admin@demo.example",
    also={
        "administrators-desk": "/admin/",
        "enquiries": "/admin/enquiries/",
        "languages": "/admin/locales/",
        "users": "/admin/users/",
        "access": "/admin/users/{user}/access/",
        "audit-log": "/admin/audit/",
        "messages": "/admin/reports/messages/",
        "operations": "/admin/operations/",
        "appointments-report": "/admin/reports/appointments/",
        "locations": "/admin/doctors/locations/",
        "note-sections": "/admin/note-sections/",
        "site-history": "/admin/reports/site-history/",
    },
    finds={"user": ("/admin/users/", r"/admin/users/(?:edit/)?(\d+)/")},
)

# What development alone has: the kit with each of its states, and the pages of errors that nobody should have to cause.
KIT = Person(
    "kit",
    None,
    also={
        "kit": "/ui/",
        **{f"kit-{name}": f"/ui/screens/{name}/" for name in ("home", "doctor", "times", "my_day", "my_appointments")},
        **{f"error-{status}": f"/ui/errors/{status}/" for status in (400, 403, 404, 429, 500, 503)},
        "mail": "/dev/mail/",
    },
)

PEOPLE = (
    *(VISITOR, AT_THE_DOOR, PATIENT, DOCTOR, APPLICANT, JOINING, RECEPTION),
    *(EDITOR, MODERATOR, VERIFIER, BILLING, ADMINISTRATOR, KIT),
)
