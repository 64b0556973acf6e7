"""What a scorer's version is made of, and where things that hold for one version are kept."""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from importlib.metadata import version as installed
from pathlib import Path
from typing import IO

from scoring.clip import Source

CODE = (
    "photos",
    "photo_headers",
    "faces",
    "cascade",
    "torchvision_ops",
    "clip",
    "tower",
    "judge",
    "precision",
    "prompts",
    "match",
    "films",
)
PACKAGES = ("torch", "torchvision", "open_clip_torch", "timm", "pillow", "numpy", "facenet-pytorch", "ftfy", "av")
SMALL_FILE = 100_000_000


def cache_folder(given: str | None) -> Path:
    usual = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "emotionduel"
    return Path(given) if given else usual


def fingerprint(source: Source, precision: str, device: str, cache_dir: str | None) -> str:
    """Another value whenever any score could differ: other weights, code, libraries or arithmetic."""
    about = [source.config, source.mean, source.std, precision, device.split(":")[0]]
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    digest.update(_file_digest(source.checkpoint, cache_folder(cache_dir) / "digests").encode())
    beside = statistics_file(source)
    for path in (*(Path(__file__).parent / f"{name}.py" for name in CODE), *([beside] if beside.is_file() else [])):
        digest.update(path.read_bytes())
    digest.update(" ".join(installed(package).split("+")[0] for package in PACKAGES).encode())
    return digest.hexdigest()[:12]


def statistics_file(source: Source) -> Path:
    return source.checkpoint.with_suffix(".statistics.safetensors")


def _file_digest(path: Path, kept: Path) -> str:
    """Of a big file it takes some seconds: then it is kept for as long as the file stays as it is."""
    about = path.stat()
    if about.st_size < SMALL_FILE:
        return _digest(path)
    state = [str(path.resolve()), about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino]
    note = kept / hashlib.sha256(json.dumps(state).encode()).hexdigest()[:32]
    if note.is_file() and len(found := note.read_text()) == 64:
        return found
    found = _digest(path)
    keep(note, lambda file: file.write(found.encode()))
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Written beside and moved into place: another process may read it at any moment. A full disk costs time alone."""
    beside = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            beside = Path(file.name)
            write(file)
        beside.replace(path)
    except OSError:
        if beside:
            beside.unlink(missing_ok=True)
