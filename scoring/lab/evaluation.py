"""What the judge is measured by: vectors of faces, what people said of them, and prompts, in; figures out.

Nothing here knows where the vectors come from, so tests feed it judges that are right, or wrong, by construction.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from scoring import EMOTIONS
from scoring.lab.data import VOTES
from scoring.lab.evaluation_parts import FEWEST, Figure, Judge, Labelled, Voted, beaten, mean, mean_figure, texts_of
from scoring.lab.evaluation_shapes import shape_figures
from scoring.lab.jury import agreement, pairs_with_gap

GAP, MIXTURE_GAP = 0.3, 0.25
PARAPHRASED = ("paraphrase", "unseen")
FEWEST_FOR_MATCH = 30


def figures(voted: Voted, labelled: Labelled, judge: Judge) -> Iterator[Figure]:
    yield from jury_figures(voted, judge)
    yield from label_figures(labelled, judge)
    yield from shape_figures(labelled, judge)
    yield from flip_figures(voted, judge)
    yield from match_figures(voted, judge)
    yield profile_figure(voted, judge)


def jury_figures(voted: Voted, judge: Judge) -> Iterator[Figure]:
    def figure(name: str, gap: float, *groups: str, reach: float | None = None) -> Figure:
        return mean_figure(name, jury_agreement(voted, judge, gap, *groups), reach)

    yield figure("jury agreement, gap 0.3, plain prompts", GAP, "plain", reach=0.978)
    yield figure("the same, gap 0.1", 0.1, "plain")
    yield figure("the same, gap 0.5", 0.5, "plain")
    yield figure("jury agreement, gap 0.3, paraphrased prompts that no caption contains", GAP, *PARAPHRASED, reach=0.95)
    yield figure("of these, prompts whose words captions may use", GAP, "paraphrase")
    yield figure("of these, prompts with words that no caption holds", GAP, "unseen")
    yield mean_figure("mixtures by the smaller of the two shares, gap 0.25", mixtures(voted, judge), 0.955)


def jury_agreement(voted: Voted, judge: Judge, gap: float, *groups: str) -> dict[str, float]:
    """By emotion, the mean over the wordings."""
    texts = texts_of(*groups)
    return {
        name: _agreed(voted, judge.embed(texts[name]), voted.shares[:, place], gap)
        for place, name in enumerate(EMOTIONS)
        if name in texts
    }


def _agreed(voted: Voted, prompts: np.ndarray, shares: np.ndarray, gap: float) -> float:
    return float(agreement(voted.vectors @ prompts.T, shares, gap).mean())


def mixtures(voted: Voted, judge: Judge) -> dict[str, float]:
    found = {}
    for target, texts in texts_of("mixture").items():
        smaller = voted.shares[:, [VOTES.index(name) for name in target.split("+")]].min(axis=1)
        if (smaller >= MIXTURE_GAP).sum() >= FEWEST:
            found[target] = _agreed(voted, judge.embed(texts), smaller, MIXTURE_GAP)
    return found


def agreement_curve(voted: Voted, judge: Judge, gaps: Iterable[float]) -> dict[str, list[float]]:
    curves = [jury_agreement(voted, judge, gap, "plain") for gap in gaps]
    return {name: [curve[name] for curve in curves] for name in EMOTIONS}


def confusion(voted: Voted, judge: Judge) -> np.ndarray:
    """(7, 7) pictures: the emotion that most jurors saw, and the one whose plain prompts lie nearest."""
    texts = texts_of("plain")
    closeness = [(voted.vectors @ judge.embed(texts[name]).T).mean(axis=1) for name in EMOTIONS]
    return _confusion(voted, np.stack(closeness, axis=1))


def _confusion(voted: Voted, closeness: np.ndarray) -> np.ndarray:
    seven = voted.shares[:, : len(EMOTIONS)]
    clear = seven.max(axis=1) > 0.5
    table = np.zeros((len(EMOTIONS), len(EMOTIONS)), int)
    np.add.at(table, (seven[clear].argmax(axis=1), closeness[clear].argmax(axis=1)), 1)
    return table


def profile_figure(voted: Voted, judge: Judge) -> Figure:
    profiles = [list(judge.profile(vector).values()) for vector in voted.vectors]
    table = _confusion(voted, np.array(profiles))
    parts = {name: float(table[i, i] / table[i].sum()) for i, name in enumerate(EMOTIONS) if table[i].sum()}
    right = float(table.trace() / table.sum())
    return Figure("profile: the emotion that most jurors saw has the largest share", right, parts=parts)


def label_figures(labelled: Labelled, judge: Judge) -> list[Figure]:
    everyone = np.ones(len(labelled.label), bool)
    quarters = {name: mean(one_against_rest(labelled, judge, which).values()) for name, which in brightness(labelled)}
    spread = max(quarters.values()) - min(quarters.values())
    turned = {name: mean(one_against_rest(labelled, judge, which).values()) for name, which in turns(labelled)}
    by_label = one_against_rest(labelled, judge, everyone)
    return [
        mean_figure("colour faces, plain prompts, one label against all others", by_label, 0.92),
        Figure("spread of that over quartiles of the face's brightness", spread, 0.05, at_most=True, parts=quarters),
        mean_figure("the same by how far the head is turned", turned),
    ]


def one_against_rest(labelled: Labelled, judge: Judge, inside: np.ndarray) -> dict[str, float]:
    texts, found = texts_of("plain"), dict[str, float]()
    for place, name in enumerate(EMOTIONS):
        own, rest = inside & (labelled.label == place), inside & (labelled.label != place)
        if own.sum() >= FEWEST and rest.sum() >= FEWEST:
            found[name] = beaten(labelled.vectors, judge.embed(texts[name]), own, rest)
    return found


def brightness(labelled: Labelled) -> list[tuple[str, np.ndarray]]:
    quarter = np.searchsorted(np.quantile(labelled.brightness, [0.25, 0.5, 0.75]), labelled.brightness)
    return [(name, quarter == i) for i, name in enumerate(("darkest", "darker", "brighter", "brightest"))]


def turns(labelled: Labelled) -> list[tuple[str, np.ndarray]]:
    yaw = np.abs(labelled.shapes["yaw"])
    spans = (("under 10 degrees", 0, 10), ("10 to 25 degrees", 10, 25), ("25 degrees and more", 25, np.inf))
    return [(name, (yaw >= low) & (yaw < high)) for name, low, high in spans]


def flip_figures(voted: Voted, judge: Judge) -> Iterator[Figure]:
    for how, vectors in voted.altered.items():
        parts = flips(voted, vectors, judge)
        yield mean_figure(f"verdicts that flip when both photos are {how}", parts, 0.03, at_most=True)


def flips(voted: Voted, altered: np.ndarray, judge: Judge) -> dict[str, float]:
    texts, found = texts_of("plain"), dict[str, float]()
    for place, name in enumerate(EMOTIONS):
        more, fewer = pairs_with_gap(voted.shares[:, place], GAP)
        prompts = judge.embed(texts[name]).T
        before, after = ((seen @ prompts)[more] > (seen @ prompts)[fewer] for seen in (voted.vectors, altered))
        found[name] = float((before != after).mean()) if len(more) else float("nan")
    return found


def match_figures(voted: Voted, judge: Judge) -> Iterator[Figure]:
    """The shares of prompts that keep the promise; the parts are the median matches themselves."""
    for kind, groups in (("plain", ("plain",)), ("paraphrased", PARAPHRASED)):
        half = median_matches(voted, judge, 0.4, 0.6, *groups)
        right = mean(45 <= match <= 55 for match in half.values())
        yield Figure(f"{kind} prompts with a median match of 45-55 at vote shares of 0.4-0.6", right, 1.0, parts=half)
        well = median_matches(voted, judge, 0.9, 1.0, *groups)
        right = mean(match >= 90 for match in well.values())
        yield Figure(f"{kind} prompts with a median match of 90 or more at 0.9 and more", right, 1.0, parts=well)


def median_matches(voted: Voted, judge: Judge, low: float, high: float, *groups: str) -> dict[str, float]:
    """By prompt: the median match of the pictures whose share of votes lies in the range, where they are enough."""
    wordings, found = texts_of(*groups), dict[str, float]()
    for place, name in enumerate(EMOTIONS):
        inside = (voted.shares[:, place] >= low - 1e-6) & (voted.shares[:, place] <= high + 1e-6)
        if inside.sum() >= FEWEST_FOR_MATCH:
            texts = wordings[name]
            # A match rises with the score, so the middle score has the middle match.
            middles = np.median(voted.vectors[inside] @ judge.embed(texts).T, axis=0)
            found |= {f"{name}: {text}": judge.match(float(m), text) for text, m in zip(texts, middles, strict=True)}
    return found
