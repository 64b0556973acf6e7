import base64
import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def random_text() -> str:
    return secrets.token_urlsafe(48)


def random_key() -> str:
    """As emotionduel.encryption wants it."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def kept_secret(path: Path, name: str = "SECRET_KEY", made: Callable[[], str] = random_text) -> str:
    """The secret in this file, made on the first start; two processes that start together get the same one."""
    try:
        if not path.exists():
            make_secret(path, made())
        secret = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name} is not set and cannot be kept in {path}: {error}") from error
    if not secret:
        raise ImproperlyConfigured(f"{name} is not set and {path} is empty: remove that file to get a new one")
    return secret


def derived_secret(secret: str, purpose: str) -> str:
    """The same wherever the secret is the same: nothing more to keep, and it gives nothing away."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def make_secret(path: Path, secret: str) -> None:
    handle, draft = tempfile.mkstemp(dir=path.parent)  # mode 600 from the first moment
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secret)
        os.link(draft, path)  # unlike a rename, never replaces what another process has just put there
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
