"""What the judge costs, in time and memory.

Each row is measured in a process of its own (`python -m scoring.lab.speed`), so that no row's libraries, caches or
memory count for another's.
"""

import json
import math
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
PHOTO_SIZE = (1280, 960)
FRAME_SIZE = (320, 240)
PROMPT = "anger with a smile"
BIG = "ViT-H-14"
BIG_SIDE = 224
BIG_BATCH = 8
BATCHES = (1, 2, 4, 8, 16, 32)
THREADS = 1
CHILD_SECONDS = 3600
Row = dict[str, Any]


class BenchError(Exception):
    """A row could not be measured; the message is what its process said last."""


def ask(row: str, **given: Any) -> Row:
    """Measures one row in a child process. `wall` is the seconds it lived."""
    child = [sys.executable, "-m", "scoring.lab.speed", row, json.dumps(given)]
    begin = time.perf_counter()
    done = subprocess.run(child, cwd=ROOT, capture_output=True, text=True, timeout=CHILD_SECONDS, check=False)
    wall = time.perf_counter() - begin
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        raise BenchError(f"{row}: {said[-1]}")
    return {**json.loads(done.stdout), "wall": wall}


def draw_photos(folder: str, count: int) -> Row:
    """Drawn, not photographed: the repository holds no person's picture. Near and far, straight and tilted."""
    from tests.faces import EMOTIONS, PERSONS, draw_face

    Path(folder).mkdir(parents=True, exist_ok=True)
    for i in range(count):
        person, emotion = i % PERSONS, EMOTIONS[i % len(EMOTIONS)]
        height = PHOTO_SIZE[1] * (0.3 + 0.1 * (i % 4))
        image = draw_face(person, emotion, PHOTO_SIZE, tilt=5 * (i % 5 - 2), face_height=height)
        image.save(Path(folder) / f"{i:03}-{emotion}.jpg", quality=90)
    return {"photos": count}


def nothing_loaded() -> Row:
    import scoring  # noqa: F401

    return {"torch": "torch" in sys.modules}


def cold_start(folder: str) -> Row:
    """As a fresh process does it; what counts is the life of the process."""
    from scoring import open_scorer

    photo = min(Path(folder).glob("*.jpg")).read_bytes()
    score = open_scorer(threads=THREADS).score(photo, PROMPT)
    return {"face": score.face is not None}


def photo_to_score(folder: str) -> Row:
    """Our way and the usual one take turns, so that whatever else the machine does falls on both."""
    from scoring import EMOTIONS, open_scorer
    from scoring.judge import PLAIN_PROMPTS

    scorer = open_scorer(threads=THREADS)
    usual = UsualWay(scorer)
    paths = sorted(Path(folder).glob("*.jpg"))
    shown = np.array([EMOTIONS.index(path.stem.split("-")[1]) for path in paths])
    for path in paths[:3]:  # warm
        scorer.score(path.read_bytes(), PROMPT)
        usual.score(path.read_bytes())
    ours, theirs = [], []
    for path in paths:
        photo = path.read_bytes()
        ours.append(_timed(scorer.score, photo, PROMPT))
        theirs.append(_timed(usual.score, photo))
    crops = [score.face.crop if score.face else None for _, score in ours]
    prompts = scorer.embed_prompts(list(PLAIN_PROMPTS))
    scores = (_scores(scorer, crops, prompts), _scores(scorer, [crop for _, crop in theirs], prompts))
    return {
        "median": median(seconds for seconds, _ in ours),
        "usual": median(seconds for seconds, _ in theirs),
        "same": same_winner(*scores, shown),
        "same_of_all": same_winner(*scores),
        "photos": len(paths),
        "found": sum(crop is not None for crop in crops),
        "peak": peak_memory(),
    }


def batches(folder: str, device: str | None) -> Row:
    """Photos a second when so many are judged at once, and faces a second that the tower alone then sees."""
    from scoring import open_scorer

    scorer = open_scorer(device=device, threads=THREADS)
    paths = sorted(Path(folder).glob("*.jpg"))
    items = [(paths[number % len(paths)].read_bytes(), PROMPT) for number in range(BATCHES[-1])]
    crops = [score.face.crop for score in scorer.score_many(items[:2]) if score.face] * (len(items) // 2)  # type: ignore[union-attr]
    return {
        "whole": [_rate(scorer.score_many, items, size) for size in BATCHES],
        "tower": [_rate(scorer.embed_faces, crops, size) for size in BATCHES],
    }


def _rate(act: Callable[[list[Any]], Any], items: list[Any], size: int) -> float:
    """A second, all of them in batches of this size."""
    act(items[:size])  # warm
    begin = time.perf_counter()
    for first in range(0, len(items), size):
        act(items[first : first + size])
    return len(items) / (time.perf_counter() - begin)


def mirror(frames: int) -> Row:
    """A camera's frames of a face that sways and comes nearer, one after the other as a mirror's seat looks at them."""
    from scoring import open_scorer
    from scoring.tracking import Tracker

    tracker = Tracker(open_scorer(threads=THREADS))
    film = [_swaying(number) for number in range(frames)]
    tracker.look(film[0], PROMPT)  # warm
    looks = [_timed(tracker.look, frame, PROMPT) for frame in film]
    times = [seconds for seconds, _ in looks]
    return {
        "rate": frames / sum(times),
        "median": median(times),
        "slowest": max(times),
        "seen": sum(sight is not None for _, sight in looks),
        "frames": frames,
        "peak": peak_memory(),
    }


def _swaying(number: int) -> bytes:
    from tests.faces import draw_face, photo_bytes

    sway = math.sin(number / 5)
    image = draw_face(0, "happiness", FRAME_SIZE, tilt=8 * sway, face_height=FRAME_SIZE[1] * (0.6 + 0.1 * sway))
    return photo_bytes(image, quality=80)


class UsualWay:
    """MTCNN as it comes, on the full picture, before the same tower."""

    def __init__(self, scorer: Any) -> None:
        from facenet_pytorch import MTCNN

        self.find = MTCNN(device="cpu").detect
        self.scorer = scorer

    def score(self, photo: bytes) -> Image.Image | None:
        crop = self.crop(photo)
        if crop is not None:
            float(self.scorer.embed_faces([crop])[0] @ self.scorer.embed_prompts([PROMPT])[0])
        return crop

    def crop(self, photo: bytes) -> Image.Image | None:
        from scoring.faces import CROP_SIZE, crop_face
        from scoring.photos import open_photo

        image = open_photo(photo)
        boxes, _, points = self.find(image, landmarks=True)
        if boxes is None:
            return None
        left, top, right, bottom = (float(edge) for edge in boxes[0] / [*image.size, *image.size])
        return crop_face(image, (left, top, right, bottom), _tilt(*points[0][:2]), CROP_SIZE)


def _tilt(left: np.ndarray, right: np.ndarray) -> float:
    return math.degrees(math.atan2(right[1] - left[1], right[0] - left[0]))


def _timed(act: Callable[..., Any], *given: Any) -> tuple[float, Any]:
    begin = time.perf_counter()
    result = act(*given)
    return time.perf_counter() - begin, result


def _scores(scorer: Any, crops: list[Image.Image | None], prompts: np.ndarray) -> np.ndarray:
    """(photos, prompts); no face is minus infinity."""
    scores = np.full((len(crops), len(prompts)), -np.inf)
    there = [i for i, crop in enumerate(crops) if crop is not None]
    scores[there] = scorer.embed_faces([crops[i] for i in there]) @ prompts.T
    return scores


def same_winner(ours: np.ndarray, theirs: np.ndarray, shown: np.ndarray | None = None) -> float:
    """How often both ways name the same winner of a pair. `shown`: what each photo shows; only prompts that one photo
    of the pair shows and the other does not are then asked.
    """
    one, other = np.triu_indices(len(ours), 1)
    same = (ours[one] > ours[other]) == (theirs[one] > theirs[other])
    if shown is None:
        return float(same.mean())
    prompts = np.arange(ours.shape[1])
    return float(same[(shown[one, None] == prompts) != (shown[other, None] == prompts)].mean())


def big_weights(path: str) -> Row:
    """A ViT-H-14 of random numbers: it costs what a trained one costs."""
    import torch
    from safetensors.torch import save_file

    from scoring.clip import Source, image_tower, register_shipped, text_alone

    register_shipped()
    import open_clip

    source = Source(BIG, open_clip.get_model_config(BIG), Path(path))
    with torch.device("meta"):
        image = image_tower(source).state_dict()
    # Nobody embeds a prompt with the text tower here, but a judge does not start without one.
    text = {name: _random(value).half() for name, value in text_alone(source).state_dict().items()}
    save_file({f"visual.{name}": _random(value) for name, value in image.items()} | text, path)
    return {}


def _random(value: Any) -> Any:
    import torch

    return torch.randn(value.shape).mul_(0.02) if value.ndim > 1 else torch.ones(value.shape)


def big_ours(checkpoint: str, cache: str, looks: int, device: str | None = None) -> Row:
    """The judge's own process, as it runs: image tower alone, bf16."""
    from scoring import open_scorer

    scorer = open_scorer(BIG, checkpoint, "bf16", device, threads=THREADS, cache_dir=cache)
    crop = Image.effect_noise((112, 112), 40).convert("RGB")
    found = _looks(lambda: scorer.embed_faces([crop]), looks)
    seconds, _ = _timed(scorer.embed_faces, [crop] * BIG_BATCH)  # after the peak of one is known
    return found | {"batch": seconds / BIG_BATCH}


def big_usual(looks: int, device: str | None = None) -> Row:
    """open_clip's defaults: both towers, fp32."""
    import torch

    from scoring.clip import register_shipped

    register_shipped()
    import open_clip

    torch.set_num_threads(THREADS)
    model = open_clip.create_model(BIG, pretrained=None, device=device or "cpu").eval()
    batch = torch.rand(1, 3, BIG_SIDE, BIG_SIDE).to(device or "cpu")
    with torch.inference_mode():
        return _looks(lambda: model.encode_image(batch, normalize=True).cpu(), looks)


def _looks(look: Callable[[], Any], looks: int) -> Row:
    look()  # warm
    return {"median": median(_timed(look)[0] for _ in range(looks)), "peak": peak_memory()}


def peak_memory() -> int:
    """Bytes. Linux's own getrusage also counts what the parent had when it started this process."""
    try:
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024
    except (OSError, IndexError):
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


ROWS: dict[str, Callable[..., Row]] = {
    row.__name__: row
    for row in (
        draw_photos,
        nothing_loaded,
        cold_start,
        photo_to_score,
        batches,
        mirror,
        big_weights,
        big_ours,
        big_usual,
    )
}


if __name__ == "__main__":
    # What libraries print belongs to stderr: stdout is the answer.
    answer, sys.stdout = sys.stdout, sys.stderr
    answer.write(json.dumps(ROWS[sys.argv[1]](**json.loads(sys.argv[2]))))
