"""Hair and beards: what lies behind the head, and what lies before it."""

import random

from tests.faces.brush import Point, Sheet, darker, lighter, mix, oval, smooth, symmetric
from tests.faces.people import Expression, Person
from tests.faces.portrait import MOUTH, head_outline, skin_of

# fmt: off
BEHIND: dict[str, list[Point]] = {
    "long": [(0, -1.2), (0.55, -1.1), (0.88, -0.7), (0.98, 0.0), (1.02, 0.7), (1.08, 1.3), (0.8, 1.62), (0.4, 1.5),
             (0, 1.4)],
    "bob": [(0, -1.2), (0.55, -1.1), (0.88, -0.72), (0.98, -0.1), (1.0, 0.5), (0.92, 0.86), (0.6, 0.9), (0, 0.9)],
    "bun": [(0, -1.16), (0.5, -1.06), (0.8, -0.7), (0.84, -0.2), (0.7, 0.2), (0, 0.3)],
    "afro": [(0, -1.5), (0.6, -1.4), (1.05, -1.02), (1.24, -0.42), (1.2, 0.15), (0.95, 0.5), (0, 0.6)],
    "curls": [(0, -1.24), (0.5, -1.18), (0.82, -0.86), (0.9, -0.4), (0.84, -0.02), (0.6, 0.1), (0, 0.1)],
    "short": [(0, -1.13), (0.5, -1.04), (0.77, -0.68), (0.79, -0.2), (0.6, 0.0), (0, 0.0)],
    "side": [(0, -1.12), (0.5, -1.03), (0.78, -0.66), (0.81, -0.15), (0.7, 0.08), (0, 0.0)],
}
# The hairline is on the inside: from the left temple over the forehead to the right one, back over the top.
BEFORE: dict[str, list[Point]] = {
    "long": [(-0.82, 0.1), (-0.76, -0.3), (-0.6, -0.62), (-0.2, -0.78), (0.12, -0.86), (0.4, -0.72), (0.64, -0.45),
             (0.76, -0.1), (0.84, 0.3), (0.93, -0.3), (0.84, -0.8), (0.5, -1.12), (0, -1.21), (-0.5, -1.12),
             (-0.84, -0.8), (-0.95, -0.2)],
    "bob": [(-0.8, 0.45), (-0.7, 0.0), (-0.66, -0.36), (-0.4, -0.42), (0, -0.44), (0.4, -0.42), (0.66, -0.36),
            (0.7, 0.0), (0.8, 0.45), (0.97, 0.3), (0.93, -0.4), (0.8, -0.85), (0.5, -1.12), (0, -1.21), (-0.5, -1.12),
            (-0.8, -0.85), (-0.93, -0.4), (-0.97, 0.3)],
    "bun": [(-0.76, -0.05), (-0.66, -0.45), (-0.4, -0.72), (0, -0.8), (0.4, -0.72), (0.66, -0.45), (0.76, -0.05),
            (0.82, -0.5), (0.6, -0.98), (0, -1.17), (-0.6, -0.98), (-0.82, -0.5)],
    "afro": [(-0.74, 0.05), (-0.66, -0.42), (-0.4, -0.66), (0, -0.72), (0.4, -0.66), (0.66, -0.42), (0.74, 0.05),
             (1.0, -0.1), (1.05, -0.6), (0.7, -1.15), (0, -1.35), (-0.7, -1.15), (-1.05, -0.6), (-1.0, -0.1)],
    "curls": [(-0.76, -0.1), (-0.68, -0.52), (-0.45, -0.68), (-0.25, -0.62), (0.0, -0.72), (0.22, -0.62), (0.45, -0.7),
              (0.68, -0.52), (0.76, -0.1), (0.86, -0.45), (0.78, -0.88), (0.45, -1.15), (0, -1.25), (-0.45, -1.15),
              (-0.78, -0.88), (-0.86, -0.45)],
    "short": [(-0.76, -0.08), (-0.68, -0.42), (-0.52, -0.66), (0, -0.72), (0.52, -0.66), (0.68, -0.42), (0.76, -0.08),
              (0.8, -0.5), (0.62, -0.95), (0, -1.14), (-0.62, -0.95), (-0.8, -0.5)],
    "side": [(-0.77, -0.02), (-0.7, -0.4), (-0.52, -0.74), (-0.2, -0.84), (0.25, -0.76), (0.55, -0.66), (0.7, -0.4),
             (0.77, -0.02), (0.83, -0.4), (0.68, -0.9), (0.2, -1.15), (-0.3, -1.1), (-0.66, -0.9), (-0.83, -0.4)],
}
# fmt: on
CURLY = {"afro": 0.13, "curls": 0.115}


def draw_behind(sheet: Sheet, person: Person) -> None:
    if person.style == "bun":
        sheet.fill(oval(0, -1.25, 0.3, 0.26), darker(person.hair, 0.15))
        sheet.fill(oval(-0.08, -1.33, 0.14, 0.09), lighter(person.hair, 0.3), 0.5, 0.05)
    if person.style in BEHIND:
        shape = smooth(symmetric(BEHIND[person.style]))
        sheet.fill(shape, darker(person.hair, 0.35))
        if person.style in CURLY:
            _draw_curls(sheet, shape, person, CURLY[person.style], 0.35)


def draw_before(sheet: Sheet, person: Person) -> None:
    if person.style not in BEFORE:
        sheet.fill(oval(-0.2, -0.78, 0.26, 0.1), (255, 255, 255), 0.35, 0.06)
        return
    shape = smooth(BEFORE[person.style])
    under = [(x, y + 0.05) for x, y in shape]
    sheet.fill(under, darker(person.skin, 0.6), 0.4, 0.035, within=head_outline(person))
    sheet.fill(shape, person.hair)
    sheet.fill(oval(-0.32, -0.92, 0.34, 0.12), lighter(person.hair, 0.4), 0.55, 0.08, within=shape)
    sheet.fill(oval(0.75, -0.5, 0.3, 0.6), darker(person.hair, 0.5), 0.5, 0.12, within=shape)
    if person.style in CURLY:
        _draw_curls(sheet, shape, person, CURLY[person.style], 0.0)
    else:
        _draw_strands(sheet, shape, person)


def _draw_curls(sheet: Sheet, shape: list[Point], person: Person, size: float, shade: float) -> None:
    chance = random.Random(3)
    for x, y in shape[:: max(1, len(shape) // 60)]:
        near = x * chance.uniform(0.93, 1.0), y * chance.uniform(0.95, 1.0)
        colour = darker(person.hair, shade + chance.uniform(0, 0.2))
        sheet.fill(oval(*near, size * chance.uniform(0.8, 1.1), size * chance.uniform(0.8, 1.1)), colour)
        arc = oval(near[0] - 0.01, near[1] - 0.01, size * 0.6, size * 0.6)[18:32]
        sheet.stroke(arc, 0.02, lighter(colour, 0.22), 0.6, 0.006)


def _draw_strands(sheet: Sheet, shape: list[Point], person: Person) -> None:
    chance = random.Random(5)
    for _ in range(26):
        start = chance.uniform(-0.5, 0.5)
        x, way = start * 0.5, 1 if start > 0 else -1
        line = [(x, -1.16), (x + way * 0.28, -1.0), (x + way * 0.58, -0.6), (x + way * 0.7, 0.2)]
        light = chance.random() < 0.5
        colour = lighter(person.hair, 0.22) if light else darker(person.hair, 0.4)
        sheet.stroke(line, chance.uniform(0.008, 0.02), colour, 0.4, 0.004, within=shape)


def draw_beard(sheet: Sheet, person: Person, face: Expression) -> None:
    """Before the mouth is drawn, so that the lips lie on it."""
    if person.beard in ("full", "stubble"):
        outline = head_outline(person)
        w = 0.75 * person.wide
        shape = smooth(
            symmetric([(0, 0.39), (0.3, 0.42), (0.5, 0.4), (w, 0.05), (w + 0.05, 0.5), (0.55, 1.0), (0, 1.09)])
        )
        full = person.beard == "full"
        colour = person.hair if full else mix(skin_of(person, face), person.hair, 0.75)
        sheet.fill(shape, colour, 0.95 if full else 0.42, 0.014 if full else 0.05, within=None if full else outline)
    if person.beard == "moustache":
        y = MOUTH - 0.09 - 0.18 * face.opening - face.upper + 0.3 * face.corners
        end = MOUTH - face.corners
        half = [
            (0, y - 0.05),
            (0.14, y - 0.045),
            (face.width + 0.07, end - 0.03),
            (face.width + 0.1, end + 0.05),
            (0.12, y + 0.05),
        ]
        shape = smooth(symmetric([*half, (0, y + 0.035)]))
        sheet.fill([(x, z + 0.02) for x, z in shape], darker(person.skin, 0.6), 0.4, 0.02)
        sheet.fill(shape, mix(person.hair, (150, 146, 144), 0.25), 1, 0.008)


def draw_earrings(sheet: Sheet, person: Person) -> None:
    if person.earrings is None:
        return
    for side in (-1, 1):
        x = side * 0.77 * person.wide
        ring = oval(x, 0.36, 0.07, 0.09)
        hole = oval(x, 0.36, 0.048, 0.068)
        sheet.fill([*ring, ring[0], hole[0], *reversed(hole)], person.earrings)
