"""Prompts as vectors: each is embedded once and kept, on disk where a big model made it.

A big text tower would stay in the judge's memory for a few prompts a day. So a prompt not yet kept is embedded by a
child process (`python -m scoring.prompts`) that loads the text tower, answers and exits.
"""

import hashlib
import json
import os
import subprocess
import sys
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scoring.clip import SHIPPED, ModelError, Source, load_text, register_shipped
from scoring.version import cache_folder, keep

if TYPE_CHECKING:
    import torch

CHILD_SECONDS = 600
KEPT_IN_MEMORY = 4096
EMBEDDED_AT_ONCE = 64


class Prompts:
    def __init__(self, source: Source, version: str, cache_dir: str | None) -> None:
        self.source = source
        self.cache_dir = cache_dir
        self.folder = cache_folder(cache_dir) / "prompts" / version
        self.kept: dict[str, np.ndarray] = {}
        self.small: TextTower | None = None

    def embed(self, texts: list[str]) -> np.ndarray:
        """float32 (texts, d), unit rows."""
        if not texts:
            return np.zeros((0, self.source.config["embed_dim"]), np.float32)
        found = {text: self.kept[text] for text in texts if text in self.kept}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            found |= self._embed_here(missing) if self.source.name == SHIPPED else self._from_disk_or_child(missing)
            # Other threads read it meanwhile: it is replaced, never changed.
            self.kept = found if len(self.kept) > KEPT_IN_MEMORY else self.kept | found
        return np.stack([found[text] for text in texts])

    def _embed_here(self, texts: list[str]) -> dict[str, np.ndarray]:
        """The small text tower weighs less than a photo: it stays."""
        self.small = self.small or TextTower(self.source, self.cache_dir)
        return dict(zip(texts, self.small.embed(texts), strict=True))

    def _from_disk_or_child(self, texts: list[str]) -> dict[str, np.ndarray]:
        found = {text: vector for text in texts if (vector := self._on_disk(text)) is not None}
        missing = [text for text in texts if text not in found]
        for text, vector in zip(missing, self._ask_child(missing) if missing else (), strict=True):
            keep(self._file(text), partial(np.save, arr=vector))
            found[text] = vector
        return found

    def _file(self, text: str) -> Path:
        return self.folder / f"{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()[:32]}.npy"

    def _on_disk(self, text: str) -> np.ndarray | None:
        try:
            vector = np.load(self._file(text))
        except (OSError, ValueError, EOFError):  # absent, or cut off by a full disk
            return None
        return vector if vector.shape == (self.source.config["embed_dim"],) else None

    def _ask_child(self, texts: list[str]) -> np.ndarray:
        source = {**vars(self.source), "checkpoint": str(self.source.checkpoint)}
        question = json.dumps({"source": source, "cache_dir": self.cache_dir, "texts": texts})
        root = str(Path(__file__).parent.parent)
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))}
        # Our own program; the prompts go in by stdin.
        child = [sys.executable, "-m", "scoring.prompts"]
        try:
            answer = subprocess.run(
                child, input=question.encode(), capture_output=True, timeout=CHILD_SECONDS, env=environment, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise ModelError(f"The text tower gave no answer within {CHILD_SECONDS} seconds.") from error
        if answer.returncode:
            said = answer.stderr.decode(errors="replace").strip().splitlines()
            raise ModelError(f"The text tower could not be used: {said[-1] if said else f'exit {answer.returncode}'}")
        return np.load(BytesIO(answer.stdout))


class TextTower:
    def __init__(self, source: Source, cache_dir: str | None) -> None:
        self.model = load_text(source)
        self.tokens = _tokenizer(source, cache_dir)

    def embed(self, texts: list[str]) -> np.ndarray:
        """float32 (texts, d), unit rows."""
        import torch

        with torch.inference_mode():
            rows = [self._vectors(texts[i : i + EMBEDDED_AT_ONCE]) for i in range(0, len(texts), EMBEDDED_AT_ONCE)]
        return torch.cat(rows).float().numpy()

    def _vectors(self, texts: list[str]) -> "torch.Tensor":
        # A lone half of a surrogate pair, as broken clients send it, has no bytes to make tokens of.
        whole = [text.encode(errors="replace").decode() for text in texts]
        return self.model.encode_text(self.tokens(whole), normalize=True)


def _tokenizer(source: Source, cache_dir: str | None) -> Any:
    """As open_clip chooses it; by the model's name, it would ask the hub what the configuration in hand says."""
    from open_clip.tokenizer import HFTokenizer, SimpleTokenizer

    text = source.config["text_cfg"]
    more = {"context_length": text.get("context_length", 77), **text.get("tokenizer_kwargs", {})}
    if name := text.get("hf_tokenizer_name"):
        return HFTokenizer(name, cache_dir=cache_dir, tokenizer_mode=text.get("tokenizer_mode"), **more)
    return SimpleTokenizer(**more)


def answer_question() -> None:
    question = json.load(sys.stdin)
    source = Source(**question["source"] | {"checkpoint": Path(question["source"]["checkpoint"])})
    if source.config["text_cfg"].get("hf_model_name"):
        import transformers  # noqa: F401  open_clip, loaded next, finds it only so
    register_shipped()
    # What libraries print belongs to stderr: stdout is the answer.
    answer, sys.stdout = sys.stdout.buffer, sys.stderr
    np.save(answer, TextTower(source, question["cache_dir"]).embed(question["texts"]))


if __name__ == "__main__":
    try:
        answer_question()
    except ModelError as error:
        sys.exit(str(error))
