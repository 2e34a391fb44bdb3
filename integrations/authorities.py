"""Whom we believe when we ask a server by TLS: the public authorities, or those of a file (AUTHORITIES_FILE)."""

from __future__ import annotations

import os
import ssl

from integrations.stripe import gateway

# Each has a name of its own for it: OpenSSL (mail, Valkey, Sentry), requests (sign-in elsewhere, texts, mail's
# providers) and Amazon's library (buckets). The database's connection is told by itself (medconsult.settings.base).
# SSL_CERT_DIR too: beside the file OpenSSL would go on believing the folder of public ones, and a file is no folder.
NAMES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE")


def are_in(file: str) -> bool:
    """Whether it can be read and holds a certificate (PEM)."""
    try:
        ssl.create_default_context(cafile=file)
    except OSError:
        return False
    return True


def believe(file: str) -> None:
    """From now on those of the file, in this process and in what it starts."""
    os.environ.update(dict.fromkeys(NAMES, file))
    gateway.believe(file)
