"""A run folder: what a training leaves behind, and what it goes on from after an interruption."""

import json
from pathlib import Path
from typing import Any

import torch


class Run:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def save(self, state: dict[str, Any]) -> None:
        """Written beside and moved into place: a kill while saving leaves the last checkpoint whole."""
        beside = self.folder / "checkpoint.tmp"
        torch.save(state, beside)
        beside.replace(self.folder / "checkpoint.pt")

    def load(self) -> dict[str, Any] | None:
        path = self.folder / "checkpoint.pt"
        return torch.load(path, weights_only=True) if path.exists() else None

    def note(self, **figures: Any) -> None:
        with (self.folder / "metrics.jsonl").open("a") as file:
            file.write(json.dumps(figures) + "\n")

    def finish(self, **figures: Any) -> None:
        (self.folder / "metrics.json").write_text(json.dumps(figures, indent=2) + "\n")
