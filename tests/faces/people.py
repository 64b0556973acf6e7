"""Who is drawn, and what their faces do."""

from dataclasses import dataclass

from tests.faces.brush import Colour


@dataclass(frozen=True)
class Person:
    skin: Colour
    hair: Colour
    iris: Colour
    shirt: Colour
    style: str
    wide: float = 1.0  # the face, against an oval one
    jaw: float = 0.5  # 0 pointed, 1 square
    brow: float = 1.0  # thickness
    lips: float = 1.0
    lip_colour: Colour | None = None
    lashes: float = 1.0
    beard: str = ""
    glasses: Colour | None = None
    freckles: bool = False
    lines: float = 0.0  # of age
    earrings: Colour | None = None


# fmt: off
PEOPLE = (
    Person((247, 208, 180), (126, 74, 44), (92, 120, 86), (72, 120, 138), "long", lip_colour=(196, 86, 90), lashes=1.5),
    Person((122, 78, 54), (34, 26, 26), (62, 38, 26), (216, 170, 80), "short", 1.03, 0.9, 1.35, 1.1, lashes=0.5,
           beard="full"),
    Person((240, 202, 164), (30, 26, 34), (70, 46, 32), (206, 98, 92), "bob", 1.06, 0.35, 0.9, lashes=1.2),
    Person((238, 200, 178), (150, 146, 144), (84, 118, 148), (96, 104, 140), "side", 0.99, 0.7, 1.2, 0.8, lashes=0.5,
           beard="moustache", glasses=(58, 52, 56), lines=1.0),
    Person((178, 122, 84), (44, 28, 26), (86, 54, 30), (118, 84, 140), "bun", 0.97, 0.4, 1.0, 1.2,
           lip_colour=(158, 58, 70), lashes=1.6, earrings=(226, 186, 92)),
    Person((252, 214, 190), (196, 92, 40), (84, 134, 130), (86, 128, 88), "curls", 1.0, 0.55, 1.0, 0.9, lashes=0.5,
           glasses=(120, 66, 44), freckles=True),
    Person((92, 58, 44), (28, 22, 24), (52, 32, 24), (224, 120, 86), "afro", 1.0, 0.45, 1.0, 1.35,
           lip_colour=(132, 52, 60), lashes=1.5, earrings=(232, 200, 120)),
    Person((222, 172, 136), (70, 48, 38), (72, 84, 60), (64, 76, 92), "bald", 1.02, 0.85, 1.4, 0.85, lashes=0.5,
           beard="stubble", lines=0.4),
)
# fmt: on


@dataclass(frozen=True)
class Expression:
    """Lengths in half heads; up and outwards are positive."""

    brow_inner: float = 0.0
    brow_outer: float = 0.0
    brow_arch: float = 0.045
    squeeze: float = 0.0  # brows drawn together
    lid: float = 0.86  # how far the upper lid is open; 1.2 shows white above the iris
    lower_lid: float = 0.0  # how far it is pushed up
    droop: float = 0.0  # outer corner of the lid
    iris: float = 1.0
    look: tuple[float, float] = (0.0, 0.0)
    corners: float = 0.005  # of the mouth
    width: float = 0.215
    upper: float = 0.0  # upper lip drawn up
    opening: float = 0.0
    square: float = 2.0  # 2 round, more: square
    pointed: float = 1.0  # 1 the lips meet at an angle, 2 rounded
    teeth: tuple[float, float] = (0.0, 0.0)  # share of the opening that the upper and lower ones take
    tongue: float = 0.0
    skew: float = 0.0
    thin: float = 1.0  # lips pressed together
    wrinkle: float = 0.0  # nose
    frown: float = 0.0  # lines between the brows
    forehead: float = 0.0  # lines across it
    cheeks: float = 0.0  # pushed up
    fold: float = 0.0  # from nose to mouth
    blush: float = 0.25
    tint: tuple[Colour, float] = ((0, 0, 0), 0.0)


# fmt: off
EXPRESSIONS = {
    "neutral": Expression(),
    "happiness": Expression(
        brow_inner=0.02, brow_outer=0.03, brow_arch=0.06, lid=0.78, lower_lid=0.45, corners=0.105, width=0.32,
        opening=0.2, teeth=(0.5, 0), tongue=0.5, cheeks=1, fold=0.7, blush=0.6,
    ),
    "surprise": Expression(
        brow_inner=0.12, brow_outer=0.12, brow_arch=0.1, lid=1.3, iris=0.92, corners=-0.075, width=0.155,
        opening=0.32, pointed=2, teeth=(0.16, 0), tongue=0.4, forehead=1,
    ),
    "sadness": Expression(
        brow_inner=0.13, brow_outer=-0.07, brow_arch=0.0, squeeze=0.03, lid=0.62, droop=0.045, look=(0, 0.3),
        corners=-0.075, width=0.225, frown=0.4, forehead=0.5, fold=0.35, blush=0.2, tint=((120, 140, 190), 0.1),
    ),
    "anger": Expression(
        brow_inner=-0.125, brow_outer=0.07, brow_arch=0.0, squeeze=0.06, lid=0.8, lower_lid=0.35, droop=-0.03,
        iris=0.92, corners=-0.06, width=0.27, upper=0.03, opening=0.15, square=4, pointed=2, teeth=(0.5, 0.5),
        frown=1, wrinkle=0.35, fold=0.6, blush=0.5, tint=((214, 48, 36), 0.16),
    ),
    "disgust": Expression(
        brow_inner=-0.07, brow_outer=-0.02, brow_arch=0.02, squeeze=0.035, lid=0.56, lower_lid=0.6, look=(0.25, 0.1),
        corners=-0.085, width=0.23, upper=0.075, opening=0.13, pointed=1.5, teeth=(0.3, 0), tongue=1.3, skew=0.03,
        wrinkle=1, frown=0.6, fold=1, blush=0.1, tint=((120, 160, 60), 0.13),
    ),
    "fear": Expression(
        brow_inner=0.15, brow_outer=0.035, brow_arch=0.0, squeeze=0.045, lid=1.28, iris=0.78, corners=-0.075,
        width=0.29, opening=0.16, square=3, pointed=2, teeth=(0.3, 0.3), frown=0.4, forehead=0.8, blush=0.0,
        tint=((205, 220, 240), 0.26),
    ),
}
# fmt: on
EMOTIONS = tuple(EXPRESSIONS)
