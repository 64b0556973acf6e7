"""A face that is watched: frame after frame of one camera, each as small as a page sends it.

To search a whole frame takes longer than to judge the face in it, and a face is nearly where it was a tenth of a
second ago. So it is followed, and searched for anew where it was lost, and now and then all the same: another may have
come nearer. What is judged is as ever: the same crop, the same tower, the same scale.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from scoring import Profile
from scoring.photos import open_photo

if TYPE_CHECKING:
    from scoring.faces import Face
    from scoring.judge import Scorer

FRAME_SIDE = 240  # the shorter side that a frame is decoded to
FRAME_PIXELS = 1280 * 720  # a frame with more would hold up others'
FOLLOWED = 15  # frames from one search to the next


@dataclass(frozen=True)
class Sight:
    face: "Face"
    profile: Profile
    match: float | None  # with the prompt, where there is one


class Tracker:
    """One camera's. Several threads may each have theirs, over one scorer."""

    def __init__(self, scorer: "Scorer") -> None:
        self.scorer = scorer
        self.last: Face | None = None
        self.followed = 0

    def look(self, frame: bytes, prompt: str = "") -> Sight | None:
        """None: no face. PhotoError: no frame."""
        self.last = self._find(open_photo(frame, FRAME_SIDE, FRAME_PIXELS))
        return self._judged(self.last, prompt) if self.last else None

    def _find(self, image: Image.Image) -> "Face | None":
        if self.last and self.followed < FOLLOWED:
            self.followed += 1
            if face := self.scorer.faces.follow(image, self.last):
                return face
        self.followed = 0
        return self.scorer.find_face(image)

    def _judged(self, face: "Face", prompt: str) -> Sight:
        [vector] = self.scorer.embed_faces([face.crop])
        return Sight(face, self.scorer.profile_of(vector), self._match(vector, prompt) if prompt else None)

    def _match(self, vector: np.ndarray, prompt: str) -> float:
        [wanted] = self.scorer.embed_prompts([prompt])
        return self.scorer.match(float(vector @ wanted), prompt)
