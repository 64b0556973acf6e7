"""Files as Telegram keeps them: by file_id for ever, photos in several sizes, made when somebody wants them."""

import hashlib
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import Any

from PIL import Image

from tests.botapi.limits import DOWNLOAD_BYTES, PHOTO_BYTES, UPLOAD_BYTES
from tests.botapi.refused import bad

SIZES = (90, 320, 800, 1280)


@dataclass
class File:
    file_id: str
    unique_id: str
    original: bytes = field(repr=False)
    folder: str = "documents"
    ending: str = ""
    longest: int = 0  # pixels that a photo is shrunk to; 0: as it came

    @cached_property
    def data(self) -> bytes:
        return shrunk(self.original, self.longest) if self.longest else self.original

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.unique_id}{self.ending}"


class Files:
    def __init__(self) -> None:
        self.by_id: dict[str, File] = {}
        self.by_path: dict[str, File] = {}

    def add(self, data: bytes, folder: str = "documents", ending: str = "", longest: int = 0) -> File:
        digest = hashlib.sha256(data + bytes([longest // 10])).hexdigest()
        file = File(f"AgAC{secrets.token_urlsafe(24)}", f"AQ{digest[:14]}", data, folder, ending, longest)
        self.by_id[file.file_id] = self.by_path[file.path] = file
        return file

    def add_photo(self, data: bytes) -> list[dict[str, Any]]:
        """The `photo` of a message: the smallest size first."""
        width, height = measured(data)
        if max(width, height) > 20 * min(width, height) or width + height > 10_000:
            raise bad("PHOTO_INVALID_DIMENSIONS")
        sizes = [size for size in SIZES if size < max(width, height)] or [max(width, height)]
        if max(width, height) <= SIZES[-1]:
            sizes = [*(size for size in sizes if size < max(width, height)), max(width, height)]
        return [self.size_of(data, longest, width, height) for longest in sizes]

    def size_of(self, data: bytes, longest: int, width: int, height: int) -> dict[str, Any]:
        file = self.add(data, "photos", ".jpg", longest)
        scale = longest / max(width, height)
        return {
            "file_id": file.file_id,
            "file_unique_id": file.unique_id,
            "width": max(1, round(width * scale)),
            "height": max(1, round(height * scale)),
            "file_size": len(data),
        }

    def known(self, file_id: str) -> File:
        if file_id not in self.by_id:
            raise bad("wrong file_id or the file is temporarily unavailable")
        return self.by_id[file_id]

    def described(self, file_id: str) -> dict[str, Any]:
        """The answer to getFile."""
        file = self.known(file_id)
        if len(file.original) > DOWNLOAD_BYTES:
            raise bad("file is too big")
        found = {"file_id": file.file_id, "file_unique_id": file.unique_id, "file_path": file.path}
        return found | {"file_size": len(file.data)}


def check_upload(data: bytes, photo: bool) -> None:
    if not data:
        raise bad("file must be non-empty")
    if len(data) > (PHOTO_BYTES if photo else UPLOAD_BYTES):
        raise bad("file is too big" if not photo else "PHOTO_TOO_BIG")


def measured(data: bytes) -> tuple[int, int]:
    try:
        with Image.open(BytesIO(data)) as image:
            return image.size
    except (OSError, ValueError, SyntaxError) as error:
        raise bad("IMAGE_PROCESS_FAILED") from error


def shrunk(data: bytes, longest: int) -> bytes:
    """As Telegram sends photos on: a JPEG that has been compressed anew."""
    with Image.open(BytesIO(data)) as image:
        image.draft("RGB", (longest, longest))
        image.thumbnail((longest, longest))
        file = BytesIO()
        image.convert("RGB").save(file, "JPEG", quality=87)
    return file.getvalue()
