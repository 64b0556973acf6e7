"""The judge: finds the face, lays it beside the prompt, says how well they agree."""

import threading
from dataclasses import replace

import numpy as np
from PIL import Image

from scoring import EMOTIONS, NO_FACE, Profile, Score
from scoring.affect import place
from scoring.clip import BATCH, WEIGHTS, ModelError, Source, check_text, embed_images, load_visual
from scoring.faces import Face, FaceFinder
from scoring.match import Plain, Scale, Statistics
from scoring.photos import PhotoError, as_rgb, open_photo
from scoring.precision import precision_for, resting, work_in_fp32, working
from scoring.prompts import Prompts
from scoring.screens import screen_likeness
from scoring.sources import find_source
from scoring.version import fingerprint, statistics_file

# The shortest side a photo is decoded to: what the second, closer search for a face can use.
DECODED_SIDE = 480
PLAIN_PROMPTS = tuple(
    f"a face showing {name}" if name != "neutral" else "a neutral face without emotion" for name in EMOTIONS
)
SCALES_KEPT = 1024


class Scorer:
    def __init__(self, source: Source, precision: str, device: str, cache_dir: str | None) -> None:
        self.name = source.name
        self.source = source
        self.device = device
        self.dtype = working(precision)
        self.version = fingerprint(source, precision, device, cache_dir)
        check_text(source)
        self.visual = load_visual(source, resting(precision), device)
        if self.dtype != resting(precision):
            work_in_fp32(self.visual)
        self.faces = FaceFinder("cpu")
        self.prompts = Prompts(source, self.version, cache_dir)
        self.statistics = _statistics(source)
        self.scales: dict[str, Scale] = {}
        self.lock = threading.Lock()

    def embed_prompts(self, prompts: list[str]) -> np.ndarray:
        """float32 (prompts, d), unit rows."""
        return self.prompts.embed(list(prompts))

    def embed_faces(self, crops: list[Image.Image]) -> np.ndarray:
        """float32 (crops, d), unit rows."""
        import torch

        rows = [np.zeros((0, self.source.config["embed_dim"]), np.float32)]
        with torch.inference_mode():
            for begin in range(0, len(crops), BATCH):
                batch = crops[begin : begin + BATCH]
                rows.append(embed_images(self.visual, batch, self.source, self.dtype, self.device).cpu().numpy())
        return np.concatenate(rows)

    def find_face(self, image: Image.Image) -> Face | None:
        return self.faces.find(as_rgb(image))

    def score(self, photo: bytes, prompt: str) -> Score:
        [found] = self.score_many([(photo, prompt)])
        if isinstance(found, PhotoError):
            raise found
        return found

    def score_many(self, items: list[tuple[bytes, str]]) -> list[Score | PhotoError]:
        """All in one batch; an item whose photo cannot be read is its PhotoError, in its place."""
        faces = [self._face_in(photo) for photo, _ in items]
        crops = [face.crop for face in faces if isinstance(face, Face)]
        vectors = iter(self.embed_faces(crops))
        prompts = self.embed_prompts([prompt for _, prompt in items])
        return [
            self._scored(next(vectors), vector, prompt, face) if isinstance(face, Face) else face or NO_FACE
            for face, vector, (_, prompt) in zip(faces, prompts, items, strict=True)
        ]

    def _face_in(self, photo: bytes) -> Face | PhotoError | None:
        try:
            image = open_photo(photo, shortest=DECODED_SIDE)
        except PhotoError as error:
            return error
        face = self.find_face(image)
        return replace(face, screen=screen_likeness(image, face.box)) if face else None

    def _scored(self, face_vector: np.ndarray, prompt_vector: np.ndarray, prompt: str, face: Face) -> Score:
        value = float(np.dot(face_vector, prompt_vector))
        return Score(value, self.match(value, prompt), face, face_vector)

    def match(self, value: float, prompt: str) -> float:
        """0-100 with one decimal: how good this score is for this prompt."""
        return round(min(100.0, max(0.0, self._scale(prompt)(value))), 1)

    def _scale(self, prompt: str) -> Scale:
        with self.lock:
            if prompt not in self.scales:
                if len(self.scales) > SCALES_KEPT:
                    self.scales.clear()
                [vector] = self.embed_prompts([prompt])
                self.scales[prompt] = self.statistics.scale_for(vector) if self.statistics else Plain()
            return self.scales[prompt]

    def profile(self, crop: Image.Image) -> Profile:
        """What the face shows, whatever was asked."""
        return self.profile_of(self.embed_faces([crop])[0])

    def profile_of(self, vector: np.ndarray) -> Profile:
        """The same of a face that is embedded already."""
        if self.statistics:
            closeness = self.statistics.emotions @ vector * self.statistics.sharpness
        else:
            closeness = self.embed_prompts(list(PLAIN_PROMPTS)) @ vector * 100
        closeness = closeness[: len(EMOTIONS)]
        weights = np.exp(closeness - closeness.max())
        shares = {name: float(share) for name, share in zip(EMOTIONS, weights / weights.sum(), strict=True)}
        return Profile(shares, *place(shares))


def open_scorer(
    model: str | None,
    checkpoint: str | None,
    precision: str | None,
    device: str | None,
    threads: int,
    cache_dir: str | None,
) -> Scorer:
    import torch

    torch.set_num_threads(threads)
    device = _device(device or "cpu")
    source = find_source(model, checkpoint, cache_dir)
    return Scorer(source, precision_for(precision, source, device), device, cache_dir)


def _device(name: str) -> str:
    import torch

    try:
        kind = torch.device(name).type
    except RuntimeError as error:
        raise ModelError(f"{name}: torch knows no such device. Set SCORER_DEVICE to cpu or cuda.") from error
    if kind == "cuda" and not torch.cuda.is_available():
        raise ModelError(f"{name}: torch finds no GPU here. Unset SCORER_DEVICE, or install a build of torch for it.")
    return name


def _statistics(source: Source) -> Statistics | None:
    """They lie beside the weights; a checkpoint without them still judges, its matches are rougher."""
    from safetensors import SafetensorError

    path = statistics_file(source)
    if not path.is_file():
        if source.checkpoint.parent == WEIGHTS:
            raise ModelError(f"{path.name} is missing beside the weights: check the repository out anew.")
        return None
    try:
        found = Statistics.read(path)
    except (SafetensorError, LookupError, TypeError, ValueError) as error:
        raise ModelError(f"{path.name} holds no statistics that can be read: {error}") from error
    if found.concepts.shape[1] != source.config["embed_dim"]:
        raise ModelError(f"{path.name} belongs to another model than {source.checkpoint.name}.")
    return found
