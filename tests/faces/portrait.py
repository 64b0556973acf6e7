"""A head, from its back hair to its glasses."""

import math
import random

from tests.faces.brush import Colour, Point, Points, Sheet, darker, lighter, mix, oval, ribbon, smooth, symmetric
from tests.faces.people import Expression, Person

EYE = (0.3, -0.06)
MOUTH = 0.545
LIGHT = -0.25  # the light comes from the left


def head_outline(person: Person) -> list[Point]:
    w, jaw = 0.735 * person.wide, person.jaw
    half = [(0, -1.0), (0.4, -0.93), (w * 0.9, -0.6), (w, -0.15), (w * 0.965, 0.25), (w * (0.76 + 0.1 * jaw), 0.64)]
    return smooth(symmetric([*half, (w * (0.4 + 0.16 * jaw), 0.92), (0, 1.0)]))


def skin_of(person: Person, face: Expression) -> Colour:
    colour, share = face.tint
    return mix(person.skin, colour, share * sum(person.skin) / 640)  # dark skin changes its colour less


def draw_body(sheet: Sheet, person: Person, skin: Colour) -> None:
    neck = symmetric([(0, 0.5), (0.4, 0.6), (0.39, 1.15), (0.5, 1.32), (0, 1.5)])
    shirt = smooth(symmetric([(0, 1.42), (0.34, 1.32), (0.5, 1.25), (0.95, 1.42), (1.35, 1.7), (1.5, 2.6), (0, 2.8)]))
    sheet.fill(smooth(symmetric([(0, 1.1), (0.5, 1.2), (1.2, 1.5), (1.4, 2.7), (0, 2.8)])), (20, 20, 40), 0.25, 0.12)
    sheet.fill(smooth(neck), darker(skin, 0.12))
    sheet.fill(oval(0.02, 0.93, 0.5, 0.26), darker(skin, 0.5), 0.75, 0.07, within=smooth(neck))
    sheet.fill(shirt, person.shirt)
    sheet.fill([(0.3, 1.2), (1.6, 1.2), (1.6, 2.8), (0.8, 2.8)], darker(person.shirt, 0.5), 0.5, 0.25, within=shirt)
    sheet.stroke([(-0.47, 1.27), (-0.25, 1.44), (0, 1.5), (0.25, 1.44), (0.47, 1.27)], 0.07, darker(person.shirt, 0.3))


def draw_head(sheet: Sheet, person: Person, face: Expression) -> None:
    skin, outline = skin_of(person, face), head_outline(person)
    w = 0.735 * person.wide
    for side in (-1, 1):
        sheet.fill(oval(side * w * 1.01, 0.06, 0.1, 0.19), darker(skin, 0.1))
        sheet.fill(oval(side * w * 1.02, 0.08, 0.05, 0.11), darker(skin, 0.4), 0.6, 0.02)
    sheet.fill(outline, skin)
    sheet.fill(
        [(w * 0.55, -1), (1.2, -1), (1.2, 1.2), (0.1, 1.2), (w * 0.75, 0.5)], darker(skin, 0.45), 0.5, 0.13, outline
    )
    sheet.fill(
        [(-w * 0.86, -1), (-1.2, -1), (-1.2, 1.2), (-0.2, 1.2), (-w * 0.8, 0.6)], darker(skin, 0.35), 0.4, 0.1, outline
    )
    sheet.fill(oval(-0.16, -0.5, 0.4, 0.22), lighter(skin, 0.6), 0.5, 0.13, outline)
    sheet.fill(oval(0, 0.86, 0.17, 0.07), lighter(skin, 0.5), 0.4, 0.06, outline)
    _draw_cheeks(sheet, skin, face, outline)
    _draw_age(sheet, person, skin, face)
    if person.freckles:
        _draw_freckles(sheet, skin)


def _draw_cheeks(sheet: Sheet, skin: Colour, face: Expression, outline: Points) -> None:
    rise = 0.05 * face.cheeks
    for side in (-1, 1):
        sheet.fill(
            oval(side * 0.42, 0.27 - rise, 0.18, 0.13), mix(skin, (226, 70, 70), 0.55), 0.6 * face.blush, 0.08, outline
        )
        sheet.fill(
            oval(side * 0.4, 0.19 - rise, 0.13, 0.07), lighter(skin, 0.6), 0.25 + 0.3 * face.cheeks, 0.05, outline
        )
        if face.fold:
            end = face.width + 0.08, MOUTH - face.corners + 0.02
            fold = [(side * 0.16, 0.27), (side * (0.5 * end[0] + 0.11), 0.42 * end[1] + 0.16), (side * end[0], end[1])]
            sheet.stroke(fold, 0.04, darker(skin, 0.5), 0.65 * face.fold, 0.012)


def _draw_age(sheet: Sheet, person: Person, skin: Colour, face: Expression) -> None:
    shade = darker(skin, 0.5)
    strength = max(face.forehead, 0.6 * person.lines)
    for row, reach in ((-0.52, 0.3), (-0.6, 0.34), (-0.68, 0.26)):
        line = [
            (-reach, row + 0.015),
            (-reach / 2, row - 0.01),
            (0, row),
            (reach / 2, row - 0.01),
            (reach, row + 0.015),
        ]
        sheet.stroke(line, 0.025, shade, 0.5 * strength, 0.008)
    for side in (-1, 1):
        x = side * (0.06 - face.squeeze * 0.3)
        sheet.stroke([(x, -0.36), (x * 0.8, -0.28), (x * 0.95, -0.2)], 0.035, shade, 0.8 * face.frown, 0.01)
        bags = [(side * 0.19, 0.1), (side * 0.3, 0.135), (side * 0.42, 0.09)]
        sheet.stroke(bags, 0.025, shade, 0.1 + 0.4 * person.lines, 0.012)
        for lift in (-0.04, 0.0, 0.04):
            crow = [(side * 0.5, -0.05 + lift), (side * 0.6, -0.06 + 2 * lift)]
            sheet.stroke(crow, 0.018, shade, 0.45 * max(person.lines, 0.7 * face.cheeks), 0.006)


def _draw_freckles(sheet: Sheet, skin: Colour) -> None:
    chance = random.Random(7)
    for _ in range(34):
        x, y = chance.uniform(-0.5, 0.5), chance.uniform(0.1, 0.33)
        size = chance.uniform(0.007, 0.013)
        sheet.fill(oval(x, y, size, size), (176, 96, 54), 0.5)


def draw_nose(sheet: Sheet, person: Person, face: Expression) -> None:
    skin = skin_of(person, face)
    shade, lift = darker(skin, 0.5), 0.03 * face.wrinkle
    sheet.fill([(0.03, -0.16), (0.1, 0.1), (0.15, 0.27), (0.02, 0.33), (0.05, 0.1)], shade, 0.4, 0.03)
    sheet.stroke([(-0.02, -0.15), (-0.025, 0.06), (-0.03, 0.2)], 0.07, lighter(skin, 0.7), 0.5, 0.025)
    sheet.fill(oval(0, 0.35 - lift, 0.13, 0.035), shade, 0.35, 0.03)
    sheet.fill(oval(-0.02, 0.24 - lift, 0.055, 0.045), lighter(skin, 0.8), 0.6, 0.025)
    for side in (-1, 1):
        nostril = [(side * 0.035, 0.325 - lift), (side * 0.075, 0.3 - lift), (side * 0.11, 0.325 - lift)]
        sheet.stroke(nostril, 0.042, darker(skin, 0.75), 0.85, 0.006)
        wing = [(side * 0.115, 0.2 - lift), (side * 0.158, 0.27 - lift), (side * 0.12, 0.335 - lift)]
        sheet.stroke(wing, 0.026, shade, 0.75, 0.006)
        for row in (-0.06, 0.0, 0.06):
            crease = [(side * 0.02, row), (side * 0.07, row - 0.03), (side * 0.12, row - 0.075)]
            sheet.stroke(crease, 0.022, shade, 0.75 * face.wrinkle, 0.007)


def draw_eyes(sheet: Sheet, person: Person, face: Expression, shut: bool) -> None:
    for side in (-1, 1):
        _draw_eye(sheet, person, face, side, shut)
        _draw_brow(sheet, person, face, side)


def _eye_lines(face: Expression, side: int, shut: bool) -> tuple[list[Point], list[Point]]:
    """The upper and the lower lid, both from the inner to the outer corner."""
    x, y = side * EYE[0], EYE[1]
    inner, outer = (x - side * 0.15, y + 0.025), (x + side * 0.155, y - 0.008 + face.droop)
    up, down = 0.105 * face.lid, 0.068 * (1 - 0.75 * face.lower_lid) + 0.012 * max(face.lid - 1, 0)
    if shut:
        up = -0.05 - 0.01 * face.lower_lid
        down = -up
    tip = face.droop * 0.5
    upper = [
        inner,
        (x - side * 0.075, y - up * 0.84),
        (x, y - up + tip * 0.3),
        (x + side * 0.085, y - up * 0.76 + tip),
        outer,
    ]
    lower = [
        inner,
        (x - side * 0.07, y + down * 0.8),
        (x + side * 0.02, y + down),
        (x + side * 0.1, y + down * 0.72 + tip),
        outer,
    ]
    return smooth(upper, closed=False), smooth(lower, closed=False)


def _draw_eye(sheet: Sheet, person: Person, face: Expression, side: int, shut: bool) -> None:
    skin = skin_of(person, face)
    x, y = side * EYE[0], EYE[1]
    sheet.fill(oval(x - side * 0.03, y - 0.06, 0.2, 0.12), darker(skin, 0.5), 0.35, 0.06)
    upper, lower = _eye_lines(face, side, shut)
    if not shut:
        _draw_ball(sheet, person, face, (x, y), [*upper, *reversed(lower)])
    crease = [(px, py - (0.075 if shut else 0.05)) for px, py in upper[4:-4]]
    sheet.stroke(crease, 0.026, darker(skin, 0.55), 0.7, 0.006)
    dark = mix(darker(person.hair, 0.6), (24, 16, 18), 0.7)
    sheet.stroke(lower, 0.014 if not shut else 0.03, darker(skin, 0.65), 0.8, 0.003)
    sheet.stroke(upper, 0.034 + 0.012 * person.lashes, dark)
    for lash in range(round(3 * (person.lashes - 0.5))):
        px, py = upper[-1 - 3 * lash]
        rise = 0.05 if not shut else -0.03
        sheet.stroke(
            [(px - side * 0.02, py), (px + side * 0.015, py - rise * 0.3), (px + side * 0.045, py - rise)], 0.022, dark
        )


def _draw_ball(sheet: Sheet, person: Person, face: Expression, middle: Point, opening: Points) -> None:
    x, y = middle[0] + 0.05 * face.look[0], middle[1] - 0.012 + 0.05 * face.look[1]
    size = 0.084 * face.iris
    sheet.fill(opening, (250, 247, 243))
    sheet.fill(oval(x, y, size, size), darker(person.iris, 0.55), within=opening)
    sheet.fill(oval(x, y, size * 0.87, size * 0.87), person.iris, 1, 0.004, within=opening)
    sheet.fill(oval(x, y + size * 0.4, size * 0.55, size * 0.35), lighter(person.iris, 0.5), 0.6, 0.012, within=opening)
    sheet.fill(oval(x, y, size * 0.46, size * 0.46), (18, 14, 16), within=opening)
    shade = [(px, py - 0.02) for px, py in opening[: len(opening) // 2]]
    sheet.stroke(shade, 0.09, (60, 40, 50), 0.4, 0.015, within=opening)
    sheet.fill(oval(x - 0.028, y - 0.03, 0.02, 0.02), (255, 255, 255), within=opening)
    sheet.fill(oval(x + 0.03, y + 0.03, 0.009, 0.009), (255, 255, 255), 0.8, within=opening)


def _draw_brow(sheet: Sheet, person: Person, face: Expression, side: int) -> None:
    line = []
    for step in range(6):
        share = step / 5
        rise = (
            face.brow_inner * (1 - share) ** 1.4
            + face.brow_outer * share
            + face.brow_arch * math.sin(math.pi * share**1.3)
        )
        line.append((side * (0.14 - face.squeeze * (1 - share) + 0.4 * share), -0.27 - rise + 0.035 * share**2))
    colour = darker(person.hair, 0.3) if sum(person.hair) < 480 else mix(person.hair, (120, 112, 110), 0.6)
    for width, alpha, soft in ((0.08, 0.4, 0.014), (0.062, 0.9, 0.004)):
        sheet.fill(ribbon(smooth(line, closed=False), width * person.brow, start=0.5), colour, alpha, soft)


def draw_mouth(sheet: Sheet, person: Person, face: Expression) -> None:
    skin = skin_of(person, face)
    lip = person.lip_colour or mix(skin, (178, 62, 66), 0.42)
    lip = mix(lip, *face.tint)
    top, bottom = _mouth_lines(face)
    thick, least = face.thin * person.lips, 0.045 * (face.pointed - 1)
    above = _lip(top, [-thick * max(0.066 * _bow(x / face.width), least) for x, _ in top])
    below = _lip(bottom, [thick * max(0.08 * (1 - abs(x / face.width) ** 2.4), least) for x, _ in bottom])
    sheet.fill(oval(0, below[len(below) // 2][1] + 0.05, face.width * 0.6, 0.035), darker(skin, 0.5), 0.5, 0.03)
    sheet.fill([*above, *reversed(top)], darker(lip, 0.16))
    sheet.fill([*bottom, *reversed(below)], lip)
    shine = bottom[len(bottom) // 2][1] + 0.035 * thick
    sheet.fill(oval(-0.03, shine, face.width * 0.35, 0.014), lighter(lip, 0.7), 0.55, 0.012)
    if face.opening > 0.01:
        _draw_inside(sheet, face, top, bottom)
    else:
        sheet.stroke(top, 0.026, darker(lip, 0.7), 0.95)
    for corner in (top[0], top[-1]):
        sheet.fill(oval(*corner, 0.022, 0.018), darker(skin, 0.6), 0.6, 0.012)


def _mouth_lines(face: Expression) -> tuple[list[Point], list[Point]]:
    """Where the opening ends above and below, from left to right."""
    high = MOUTH - face.upper + 0.35 * face.corners - 0.18 * face.opening
    low = high + face.opening
    top, bottom = [], []
    for step in range(-20, 21):
        share = math.sin(math.pi / 2 * step / 20)  # closer together at the corners
        rest = 1 - abs(share) ** face.square
        end = MOUTH - face.corners + face.skew * share
        top.append((face.width * share, end + (high - end) * rest ** (1 / face.pointed)))
        round_below = face.pointed if face.opening < 0.01 else max(face.pointed, 1.45)
        bottom.append((face.width * share, end + (low - end) * rest ** (1 / round_below)))
    return top, bottom


def _lip(line: list[Point], thickness: list[float]) -> list[Point]:
    """The line moved sideways."""
    moved = []
    for i, (x, y) in enumerate(line):
        (ax, ay), (bx, by) = line[max(i - 1, 0)], line[min(i + 1, len(line) - 1)]
        length = math.hypot(bx - ax, by - ay) or 1
        moved.append((x - (by - ay) / length * thickness[i], y + (bx - ax) / length * thickness[i]))
    return moved


def _bow(share: float) -> float:
    """The upper lip: two peaks and the dip between them."""
    return max(1 - abs(share) ** 1.7, 0) * (1 - 0.28 * max(1 - abs(share) * 5, 0))


def _draw_inside(sheet: Sheet, face: Expression, top: list[Point], bottom: list[Point]) -> None:
    opening = [*top, *reversed(bottom)]
    middle_top, middle_bottom = top[20][1], bottom[20][1]
    height = middle_bottom - middle_top
    sheet.fill(opening, (84, 20, 28))
    sheet.fill(
        oval(0, middle_top + 0.35 * height, face.width * 0.6, 0.3 * height), (40, 6, 14), 0.8, 0.03, within=opening
    )
    if face.tongue:
        tongue = oval(0, middle_bottom - 0.05 * height, face.width * 0.62, face.tongue * 0.42 * height)
        sheet.fill(tongue, (214, 100, 104), within=opening)
        sheet.stroke(
            [(0, middle_bottom - 0.25 * height), (0, middle_bottom)], 0.02, (168, 66, 74), 0.7, 0.006, within=opening
        )
    for line, share, way in ((top, face.teeth[0], 1), (bottom, face.teeth[1], -1)):
        if share:
            edge = [(x, y + way * share * height) for x, y in line]
            sheet.fill([*line, *reversed(edge)], (250, 248, 240), within=opening)
            for x in (-0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75):
                gap = [(x * face.width, middle_top - 0.1), (x * face.width, middle_bottom + 0.1)]
                sheet.stroke(gap, 0.008, (190, 180, 172), 0.55, 0.002, within=[*line, *reversed(edge)])
    if face.teeth[0] and face.teeth[1] and sum(face.teeth) >= 1:
        sheet.stroke([(x, (y + z) / 2) for (x, y), (_, z) in zip(top, bottom, strict=True)], 0.016, (120, 90, 90), 0.9)
    sheet.stroke(top, 0.045, (60, 10, 20), 0.45, 0.012, within=opening)


def draw_glasses(sheet: Sheet, person: Person) -> None:
    colour = person.glasses
    if colour is None:
        return
    for side in (-1, 1):
        x, y = side * 0.31, EYE[1] + 0.03
        outer, inner = oval(x, y, 0.25, 0.22), oval(x, y, 0.234, 0.204)
        sheet.fill(inner, (255, 255, 255), 0.07)
        glare = [(x - 0.16, y + 0.02), (x - 0.04, y - 0.16), (x + 0.01, y - 0.16), (x - 0.13, y + 0.07)]
        sheet.fill(glare, (255, 255, 255), 0.16, 0.008, within=inner)
        sheet.fill([*outer, outer[0], inner[0], *reversed(inner)], colour)
        sheet.stroke([(side * 0.53, y - 0.05), (side * 0.64, y - 0.05), (side * 0.75, y - 0.02)], 0.028, colour)
    sheet.stroke([(-0.075, -0.05), (0, -0.08), (0.075, -0.05)], 0.028, colour)
