"""The development mail page: what a person of the demo reads their code on."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from integrations.mail import Attachment, Mail, send
from integrations.mail.development import stored_mails

pytestmark = pytest.mark.django_db
MAILS = "/dev/mail/"


@pytest.fixture(autouse=True)
def mailbox(settings: Settings, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "integrations.mail.development.FileMailbox"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")


@pytest.fixture
def name() -> str:
    """A mail that was sent."""
    ics = Attachment(name="MC7.ics", content=b"BEGIN:VCALENDAR\r\n", content_type="text/calendar; method=REQUEST")
    html = "<style>p { color: red }</style><p>BCDF-GHJK</p><script>alert(1)</script>"
    send(Mail(to="maya@example.org", subject="Your <code>", text="BCDF-GHJK\n", html=html, attachments=[ics]))
    return stored_mails()[0].name


def test_an_empty_box_says_what_to_do(client: Client) -> None:
    assert "No mail yet" in client.get(MAILS).content.decode()


def test_the_list_shows_each_mail_with_its_code(client: Client, name: str) -> None:
    page = client.get(MAILS).content.decode()
    assert "maya@example.org" in page
    assert "Your &lt;code&gt;" in page
    assert "BCDF-GHJK" in page
    assert f'href="{MAILS}{name}/"' in page


def test_a_mail_shows_its_text_and_frames_its_html_in_a_sandbox(client: Client, name: str) -> None:
    page = client.get(f"{MAILS}{name}/").content.decode()
    assert page.count("BCDF-GHJK") >= 2, "large, and in the text"
    assert '<iframe sandbox title="The mail"' in page
    assert "alert(1)" not in page


def test_the_html_runs_no_script_wherever_it_is_opened(client: Client, name: str) -> None:
    response = client.get(f"{MAILS}{name}/html/")
    policy = response["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src 'none'" in policy


def test_an_attachment_is_downloaded_as_it_was_sent(client: Client, name: str) -> None:
    response = client.get(f"{MAILS}{name}/attachments/0/")
    assert response.content == b"BEGIN:VCALENDAR\r\n"
    assert response["Content-Disposition"] == 'attachment; filename="MC7.ics"'
    assert client.get(f"{MAILS}{name}/attachments/1/").status_code == 404


@pytest.mark.parametrize("page", ["", "{name}/", "{name}/html/", "{name}/attachments/0/"])
def test_outside_development_there_is_no_such_page(client: Client, settings: Settings, name: str, page: str) -> None:
    settings.DEVELOPMENT_PAGES = False
    assert client.get(MAILS + page.format(name=name)).status_code == 404


@pytest.mark.parametrize("name", ["unknown", "..%2f..%2fetc%2fpasswd"])
def test_an_unknown_mail_is_not_found(client: Client, name: str) -> None:
    for page in ("", "html/", "attachments/0/"):
        assert client.get(f"{MAILS}{name}/{page}").status_code == 404


def test_it_is_only_read(client: Client, name: str) -> None:
    assert client.post(MAILS).status_code == 405
    assert client.delete(f"{MAILS}{name}/").status_code == 405
