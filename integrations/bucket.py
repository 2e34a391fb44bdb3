"""Files in buckets of anything that speaks S3, in the place of folders: a private one, and the editors'."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, wraps
from threading import Thread
from typing import Any, NoReturn, TypeVar

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.utils.deconstruct import deconstructible
from django.utils.encoding import filepath_to_uri
from django.utils.http import content_disposition_header
from storages.backends.s3 import S3Storage

CallT = TypeVar("CallT", bound=Callable[..., Any])
SIGNED_FOR_SECONDS = 60
# A bucket that hangs is given up before Gunicorn gives up the worker that asks it (docker/gunicorn.conf.py), both tries
# together: botocore's own minute, five times, would hold every worker until the whole site stands still.
_ASKED_SO = Config(
    connect_timeout=2,
    read_timeout=10,
    retries={"total_max_attempts": 2},
    signature_version="s3v4",
    s3={"addressing_style": "path"},
)


# A probe is given up before whoever sent it gives up the process (docker/compose.yaml): as a whole, since a name may
# have eight addresses, each of them with the whole time to connect, and to find them takes as long as it likes.
PROBED_FOR_SECONDS = 2.0
_PROBED_SO = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1})


@contextmanager
def _as_disk_errors() -> Iterator[None]:
    """What a bucket fails with, said as a full or absent disk would say it: the kernel of uploads knows those."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise OSError(f"The bucket of private files fails ({type(error).__name__})") from error


def _telling(method: CallT) -> CallT:
    @wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        with _as_disk_errors():
            return method(*args, **kwargs)

    return call  # type: ignore[return-value]


@deconstructible(path="integrations.bucket.PublicBucket")
class PublicBucket(S3Storage):
    """What editors publish. Whoever may read it without a key is the bucket's own rule: pictures, and nothing else
    (docs/runbooks/buckets.md). A picture's name changes with what it shows, so browsers keep it."""

    def get_default_settings(self) -> dict[str, Any]:
        return {
            **super().get_default_settings(),
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": False,
            "client_config": _ASKED_SO,
            "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
            "public_url": "",
        }

    def url(self, name: str | None, *_: Any, **__: Any) -> str:
        return f"{self.public_url}/{filepath_to_uri(name)}"


@deconstructible(path="integrations.bucket.PrivateBucket")
class PrivateBucket(S3Storage):
    """A bucket that nobody but the application may read. It makes no address by itself, and never a lasting one."""

    def get_default_settings(self) -> dict[str, Any]:
        return {
            **super().get_default_settings(),
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
            "client_config": _ASKED_SO,
        }

    def url(self, *_: Any, **__: Any) -> NoReturn:
        raise ValueError("A private file has no address of its own: see common.uploads.serving.")

    def signed_address(self, key: str, *, name: str, media_type: str) -> str:
        """An address that opens this file as an attachment for a minute, to whoever holds it. Ask before: who it is
        for is nobody's business any more once it is given."""
        answers = {
            "ResponseContentType": media_type,
            "ResponseContentDisposition": content_disposition_header(as_attachment=True, filename=name),
            "ResponseCacheControl": "private, no-store",
        }
        address: str = super().url(key, parameters=answers, expire=SIGNED_FOR_SECONDS)
        return address

    def answers(self) -> bool:
        """Whether it lets us in, within two seconds."""
        said: list[bool] = []
        asking = Thread(target=lambda: said.append(self._lets_us_in()), daemon=True)
        asking.start()
        asking.join(PROBED_FOR_SECONDS)
        return said == [True]

    def _lets_us_in(self) -> bool:
        # For a file by its name a bucket that there is not says the same 404 as one without the file.
        try:
            self._prober.head_bucket(Bucket=self.bucket_name)
        except (BotoCoreError, ClientError):
            return False
        return True

    @cached_property
    def _prober(self) -> Any:
        return self._create_session().client(
            "s3",
            region_name=self.region_name,
            endpoint_url=self.endpoint_url,
            config=self.client_config.merge(_PROBED_SO),
            verify=self.verify,
        )

    save = _telling(S3Storage.save)
    open = _telling(S3Storage.open)
    delete = _telling(S3Storage.delete)
    exists = _telling(S3Storage.exists)
    listdir = _telling(S3Storage.listdir)
    get_modified_time = _telling(S3Storage.get_modified_time)
