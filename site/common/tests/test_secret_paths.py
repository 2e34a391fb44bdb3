from __future__ import annotations

import io
import logging
import logging.config
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from common.logs import FORMATS, logging_config
from common.secret_paths import PREFIXES, discreet

SECRET = "Zm9yLXRoZS10ZXN0LWFsb25lLW5vLXNlY3JldA"


@pytest.fixture(params=FORMATS)
def lines(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What an installation's own handler writes, of the root logger."""
    handler = _console(request.param)
    written = io.StringIO()
    handler.setStream(written)
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def _console(form: str) -> logging.StreamHandler[io.StringIO]:
    """As `LOGGING` describes it, built by the library that reads it, on nobody's logger."""
    builder = logging.config.DictConfigurator(logging_config("INFO", form))
    for kind in ("formatters", "filters"):
        made = builder.config[kind]
        for name in made:
            made[name] = getattr(builder, f"configure_{kind.removesuffix('s')}")(made[name])
    handler = builder.configure_handler(builder.config["handlers"]["console"])
    assert isinstance(handler, logging.StreamHandler)
    return handler


@pytest.mark.parametrize("prefix", PREFIXES)
def test_no_line_holds_the_secret_part_of_an_address(prefix: str, lines: io.StringIO) -> None:
    path = f"{prefix}{SECRET}.ics"
    logger = logging.getLogger("django.request")
    logger.warning("Not Found: %s", path)
    logger.warning("GET https://clinic.example%s?x=1 HTTP/1.1", path.upper())
    logger.error("Internal Server Error: %s", path, exc_info=LookupError("none", path))
    told = lines.getvalue()
    assert SECRET not in told
    assert SECRET.upper() not in told
    assert told.lower().count(f"{prefix}-") >= 3
    assert f"{prefix.upper()}-?x=1" in told
    assert "LookupError" in told


def test_a_line_that_does_not_fit_its_values_is_no_error_of_the_one_who_writes_it(lines: io.StringIO) -> None:
    logging.raiseExceptions, before = False, logging.raiseExceptions
    try:
        logging.getLogger("django.request").warning("%s and %s", *["one"])
    finally:
        logging.raiseExceptions = before
    assert lines.getvalue() == ""


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_slash_too_many_gives_nothing_away(prefix: str) -> None:
    assert SECRET not in discreet(f"Not Found: {prefix.replace('/', '//')}{SECRET}.ics")


def test_other_addresses_are_told_whole() -> None:
    assert discreet("Not Found: /calendar/patient/ /visits/7d/") == "Not Found: /calendar/patient/ /visits/7d/"


def test_nginx_keeps_the_same_addresses_to_itself() -> None:
    root = Path(settings.REPOSITORY)
    nginx = (root / "docker" / "nginx" / "medconsult.conf").read_text()
    assert re.findall(r"~\*\^(\S+)\s+\1-;", nginx) == list(PREFIXES)
    [logged] = re.findall(r"log_format paths '(.*)';", nginx)
    assert "$told_uri" in logged
    assert not re.search(r"\$(?:uri|request|request_uri|http_referer)\b", logged)
