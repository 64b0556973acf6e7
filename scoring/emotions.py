"""The short names of the seven emotions, and the spellings of them that data sets use."""

from scoring import EMOTIONS

# In the order of EMOTIONS, in which every array of seven lies.
SHORT = ("neutral", "happy", "surprise", "sad", "angry", "disgust", "fear")
# In FER2013's order: a number in its files is an index into this.
NAMES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")

_MORE = {
    "neutral": ("neutrality", "calm"),
    "happy": ("joy",),
    "surprise": ("surprised",),
    "sad": (),
    "angry": (),
    "disgust": ("disgusted",),
    "fear": ("fearful", "afraid", "scared"),
}
SPELLINGS = {
    word: place
    for place, (short, long) in enumerate(zip(SHORT, EMOTIONS, strict=True))
    for word in (short, long, *_MORE[short])
}


def emotion_of(word: str) -> int | None:
    """The place in EMOTIONS of an emotion that is spelled in any usual way, FER2013's numbers included."""
    plain = word.strip().lower()
    if plain.isdecimal() and int(plain) < len(NAMES):
        return SHORT.index(NAMES[int(plain)])
    return SPELLINGS.get(plain)
