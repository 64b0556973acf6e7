"""Films, as a video note is one: untrusted bytes in, a few upright RGB frames out, or a PhotoError with a reason.

PyAV carries FFmpeg's own decoders. Whatever they say of a stranger's bytes is the film's fault.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from PIL import Image

from scoring import NO_FACE, Score
from scoring.photos import MAX_BYTES, PhotoError

if TYPE_CHECKING:
    from scoring.judge import Scorer

A_SECOND = 2  # frames looked at
MOST_SECONDS = 60  # as long as a video note can be
MOST_PIXELS = 4_000_000
MOST_DECODED = 8_000  # frames: more fit into no minute of a camera's


@dataclass(frozen=True)
class Frame:
    at_ms: int
    image: Image.Image


def frames(film: bytes) -> Iterator[Frame]:
    """At most two a second."""
    import av

    if not film:
        raise PhotoError("empty")
    if len(film) > MAX_BYTES:
        raise PhotoError("too_large")
    try:
        # Containers that name other files or addresses (playlists) are none of the formats asked for.
        with av.open(BytesIO(film), format="mp4", options={"enable_drefs": "0"}) as container:
            yield from _frames(container)
    except (av.FFmpegError, ValueError, LookupError, OverflowError) as error:
        raise PhotoError("damaged") from error


def _frames(container: Any) -> Iterator[Frame]:
    if not container.streams.video:
        raise PhotoError("not_a_photo")
    stream = container.streams.video[0]
    stream.thread_count = 1
    due = 0.0
    for number, frame in enumerate(container.decode(stream)):
        time = frame.time or 0.0
        if time > MOST_SECONDS or number > MOST_DECODED:
            return
        if frame.width * frame.height > MOST_PIXELS:
            raise PhotoError("too_many_pixels")
        if time >= due:
            due = time + 1 / A_SECOND
            yield Frame(round(1000 * time), _upright(frame))


def _upright(frame: Any) -> Image.Image:
    image: Image.Image = frame.to_image()
    return image.rotate(frame.rotation, expand=True) if frame.rotation else image


def score_film(scorer: "Scorer", film: bytes, prompt: str) -> tuple[Score, int | None]:
    """Of the frame that fits best, and its moment in milliseconds."""
    seen = [(frame.at_ms, face) for frame in frames(film) if (face := scorer.find_face(frame.image))]
    if not seen:
        return NO_FACE, None
    [wanted] = scorer.embed_prompts([prompt])
    vectors = scorer.embed_faces([face.crop for _, face in seen])
    best = int((vectors @ wanted).argmax())
    at_ms, face = seen[best]
    value = float(vectors[best] @ wanted)
    return Score(value, scorer.match(value, prompt), face, vectors[best]), at_ms
