"""What docker/nginx/medconsult.conf promises (docs/security/asvs.md), read as text: no server is started."""

from __future__ import annotations

import re

from tests.architecture.source import ROOT

CONF = re.sub(r"(?m)^\s*#.*$", "", (ROOT / "docker" / "nginx" / "medconsult.conf").read_text(encoding="utf-8"))
PLAIN, SECURE = re.findall(r"(?ms)^server \{$(.*?)^\}$", CONF)
LOCATIONS: dict[str, str] = dict(re.findall(r"(?ms)^    location ([^{]+?) \{$(.*?)^    \}$", SECURE))
# Such a location answers by itself; what the application answers comes with its own headers.
FOLDERS = {name: text for name, text in LOCATIONS.items() if "alias " in text}


def test_what_nginx_answers_itself_says_hsts_and_may_not_be_framed_elsewhere() -> None:
    assert set(FOLDERS) == {"/static/", "/media/", "/private-files/"}
    for name, text in FOLDERS.items():
        said = dict(re.findall(r"add_header (\S+) (.+) always;", text))
        assert re.search(r"max-age=31536000; includeSub|\$upstream", said["Strict-Transport-Security"]), name
        assert re.search(r"frame-ancestors 'self'|\$upstream", said["Content-Security-Policy"]), name
        assert said["X-Content-Type-Options"], name
    # A header of the server itself is lost in a location that adds one, and would stand twice on the application's.
    of_the_server = re.findall(r"add_header (\S+) (\S+)", re.sub(r"(?ms)^    location .*?^    \}$", "", SECURE))
    assert dict(of_the_server) == {"Strict-Transport-Security": "$own_hsts", "X-Content-Type-Options": "$own_nosniff"}
    for name, value in of_the_server:
        source = f"$upstream_http_{name.lower().replace('-', '_')}"
        assert re.search(rf'(?s)map {re.escape(source)} {re.escape(value)} \{{\s*""\s+\S.*default  "";', CONF), name


def test_whatever_is_passed_on_is_limited_and_by_a_connection_of_its_own() -> None:
    passed = {name: text for name, text in LOCATIONS.items() if "proxy_pass" in text}
    assert set(passed) == {"/", "@too_large"}
    for name, text in passed.items():
        assert "limit_req zone=asked burst=200 nodelay;" in text, name
        assert "proxy_set_header Connection close;" in text, name


def test_programs_are_refused_over_plain_http() -> None:
    [(pattern, answer)] = re.findall(r"(?s)location ~ (\S+) \{\s*return (\d+);", PLAIN)
    assert answer == "403"
    for path in ("/api/v1/me/", "/billing/stripe/webhook/", "/calendar/feed/x.ics", "/mail/events/"):
        assert re.match(pattern, path), path
    assert not re.match(pattern, "/doctors/")
    assert re.search(r"return 308 https://\$host\$request_uri;", PLAIN)
    assert "proxy_pass" not in PLAIN


def test_tls_is_new_and_its_ciphers_keep_the_past_closed() -> None:
    assert re.findall(r"ssl_protocols (.+);", SECURE) == ["TLSv1.2 TLSv1.3"]
    [ciphers] = re.findall(r"ssl_ciphers (\S+);", SECURE)
    for cipher in ciphers.split(":"):
        assert re.fullmatch(r"ECDHE-(ECDSA|RSA)-(AES(128|256)-GCM-SHA(256|384)|CHACHA20-POLY1305)", cipher), cipher


def test_no_folder_is_listed() -> None:
    assert "autoindex" not in CONF
