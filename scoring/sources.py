"""Which model judges: what ships, a file with a name that open_clip knows, or a repository on a hub."""

import json
from pathlib import Path
from typing import Any

from scoring.clip import BIG, HUB, SHIPPED, WEIGHTS, ModelError, Source, register_shipped

CONFIG_FILE = "open_clip_config.json"
WEIGHT_FILES = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")
WEIGHT_SUFFIXES = (".safetensors", ".bin", ".pt", ".pth")


def find_source(model: str | None, checkpoint: str | None, cache_dir: str | None) -> Source:
    """Without arguments: what ships. With a checkpoint alone: a ViT-H-14.

    The checkpoint of a hub's model is the name of a file in its repository; of any other, a file here or a tag that
    open_clip knows.
    """
    register_shipped()
    if model and model.startswith(HUB):
        return _from_hub(model.removeprefix(HUB), checkpoint, cache_dir)
    if checkpoint:
        return _named(model or BIG, checkpoint, cache_dir)
    if model in (None, "", SHIPPED):
        return _local(SHIPPED, WEIGHTS / f"{SHIPPED}.safetensors")
    raise ModelError(f"{model}: name its weights too (SCORER_CHECKPOINT), or a hub's model as {HUB}owner/name.")


def _named(name: str, checkpoint: str, cache_dir: str | None) -> Source:
    import open_clip

    tag = open_clip.get_pretrained_cfg(name, checkpoint)
    if not tag or Path(checkpoint).is_file():
        return _local(name, Path(checkpoint))
    try:
        fetched = open_clip.download_pretrained(tag, cache_dir=cache_dir)
    except (OSError, RuntimeError, _http_error()) as error:
        raise ModelError(
            f"{name}, {checkpoint}: cannot be fetched ({type(error).__name__}). Check the network."
        ) from error
    config = open_clip.get_model_config(name) | ({"quick_gelu": True} if tag.get("quick_gelu") else {})
    return Source(name, config, Path(fetched), *_pixel_range(tag))


def _local(name: str, checkpoint: Path) -> Source:
    import open_clip

    config = open_clip.get_model_config(name)
    if config is None:
        near = ", ".join(each for each in open_clip.list_models() if each[:3].lower() == name[:3].lower()) or BIG
        raise ModelError(f"{name}: open_clip knows no such model. Names like it: {near}.")
    if not checkpoint.is_file():
        raise ModelError(f"{name}: its weights are not at {checkpoint}.")
    # The small tower brings each picture to one brightness by itself.
    return (
        Source(name, config, checkpoint) if name == SHIPPED else Source(name, config, checkpoint, *_usual_range(name))
    )


def _usual_range(name: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """A file does not tell its pixels' range: what open_clip's own checkpoints of that model use, where they agree."""
    import open_clip

    tags = (open_clip.get_pretrained_cfg(name, tag) for tag in open_clip.list_pretrained_tags_by_model(name))
    ranges = {_pixel_range(tag) for tag in tags}
    return ranges.pop() if len(ranges) == 1 else _pixel_range({})


def _pixel_range(about: dict[str, Any]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    from open_clip.constants import OPENAI_DATASET_MEAN, OPENAI_DATASET_STD

    mean, std = about.get("mean") or OPENAI_DATASET_MEAN, about.get("std") or OPENAI_DATASET_STD
    return tuple(mean), tuple(std)


def _from_hub(repository: str, file: str | None, cache_dir: str | None) -> Source:
    """A repository with open_clip's own configuration, or one without, whose weights are taken as a ViT-H-14."""
    try:
        config, checkpoint = _cached(repository, file, cache_dir) or _fetched(repository, file, cache_dir)
    except (OSError, ValueError, _http_error()) as error:
        raise ModelError(
            f"{HUB}{repository} cannot be fetched ({type(error).__name__}). Check the name and the network, "
            "or download its weights and name the file with SCORER_CHECKPOINT."
        ) from error
    if config is None:
        return _local(BIG, checkpoint)
    try:
        about = json.loads(config.read_text(encoding="utf-8"))
        return Source(
            f"{HUB}{repository}", about["model_cfg"], checkpoint, *_pixel_range(about.get("preprocess_cfg", {}))
        )
    except (ValueError, LookupError, TypeError) as error:
        raise ModelError(f"{HUB}{repository}: its {CONFIG_FILE} describes no model.") from error


def _cached(repository: str, file: str | None, cache_dir: str | None) -> tuple[Path | None, Path] | None:
    """What an earlier start brought: the judge stays the same one, and starts without a network."""
    from huggingface_hub import snapshot_download, try_to_load_from_cache
    from huggingface_hub.errors import LocalEntryNotFoundError

    config = try_to_load_from_cache(repository, CONFIG_FILE, cache_dir=cache_dir)
    if config is None:  # neither here nor known to be missing there
        return None
    try:
        folder = Path(snapshot_download(repository, cache_dir=cache_dir, local_files_only=True))
    except LocalEntryNotFoundError:
        return None
    names = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
    found = _weights_among(names, file)
    return (Path(config) if isinstance(config, str) else None, folder / found[0]) if len(found) == 1 else None


def _fetched(repository: str, file: str | None, cache_dir: str | None) -> tuple[Path | None, Path]:
    from huggingface_hub import hf_hub_download, list_repo_files
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    config = None
    try:
        config = Path(hf_hub_download(repository, CONFIG_FILE, cache_dir=cache_dir))
    except LocalEntryNotFoundError:
        raise
    except EntryNotFoundError:
        pass  # the repository is there, and has none
    found = _weights_among(list_repo_files(repository), file)
    if len(found) != 1:
        choice = f" ({', '.join(found[:8])})" if found else ""
        raise ModelError(
            f"{HUB}{repository} has {len(found)} files of weights{choice}: name one with SCORER_CHECKPOINT."
        )
    return config, Path(hf_hub_download(repository, found[0], cache_dir=cache_dir))


def _weights_among(names: list[str], file: str | None) -> list[str]:
    if file:
        return [name for name in names if name == file]
    usual = [name for name in WEIGHT_FILES if name in names]
    return usual[:1] or [name for name in names if name.endswith(WEIGHT_SUFFIXES)]


def _http_error() -> type[Exception]:
    from huggingface_hub.utils import httpx  # type: ignore[attr-defined]  # exported by its __getattr__

    return httpx.HTTPError
