"""What makes one drawn person differ from another."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

from devtools.art.pen import Pt, mix

CENTRE_X = 400.0
EYE_Y = 415.0
HEAD_RADIUS = 150.0


@dataclass(frozen=True)
class Skin:
    base: str
    shade: str
    deep: str
    light: str
    blush: str
    lip: str


SKINS = {
    "porcelain": Skin("#f3d2bd", "#dba98f", "#9c5c48", "#fdeadd", "#e38d7c", "#c96f68"),
    "fair": Skin("#efc7a9", "#d39d7c", "#935738", "#fbe2cd", "#dd8569", "#bf675b"),
    "ruddy": Skin("#ecbda2", "#cd9074", "#8b4d38", "#f9dac5", "#d87358", "#b8605a"),
    "beige": Skin("#eec8a2", "#d29f76", "#8f5a37", "#fae3c6", "#dc8a68", "#bd6a5a"),
    "olive": Skin("#dfb189", "#bd875f", "#7d4d30", "#f2d0ae", "#cc7a5a", "#ad5f50"),
    "tan": Skin("#c9946a", "#a36e47", "#673c24", "#e3b68d", "#b9694a", "#9a5244"),
    "brown": Skin("#a97048", "#824f30", "#4f2c1b", "#c99468", "#9d523a", "#86443a"),
    "deep": Skin("#82502f", "#5f371f", "#371d11", "#a97451", "#7f3d29", "#74392f"),
    "ebony": Skin("#633b27", "#462716", "#27130b", "#8c5c41", "#653021", "#5f2e28"),
}


@dataclass(frozen=True)
class Person:
    """One sitter. Lengths are pixels at 800 x 1000; angles are degrees; the rest are factors near 1."""

    slug: str
    skin: str
    ground: str
    hair: str
    hair_colour: str
    clothes: str
    cloth: str
    under: str = "#f6f2ea"
    male: bool = False
    age: float = 0.3
    turn: float = 6
    tilt: float = -2
    face_w: float = 1
    face_l: float = 1
    jaw: float = 1
    chin: float = 1
    eyes: str = "#5a3a22"
    eye_size: float = 1
    eye_tilt: float = 0
    gaze: float = 0
    eye_gap: float = 1
    lid: float = 1
    brow_colour: str = ""
    brow: float = 1
    brow_arch: float = 1
    brow_y: float = 0
    nose_w: float = 1
    nose_l: float = 1
    mouth_w: float = 1
    lips: float = 1
    smile: float = 0.6
    teeth: float = 0
    beard: str = ""
    beard_colour: str = ""
    glasses: str = ""
    glasses_colour: str = "#1c2733"
    freckles: bool = False
    earrings: str = ""
    lipstick: str = ""
    extras: tuple[str, ...] = field(default_factory=tuple)

    @property
    def tone(self) -> Skin:
        return SKINS[self.skin]

    @property
    def width(self) -> float:
        return self.face_w * (0.985 if self.male else 0.95)

    @property
    def theta(self) -> float:
        return math.radians(self.turn)

    @property
    def rng(self) -> random.Random:
        return random.Random(self.slug)

    @property
    def brows(self) -> str:
        return self.brow_colour or mix(self.hair_colour, "#1d120c", 0.25)

    def at(self, u: float, v: float, depth: float = 0) -> Pt:
        """A point of the face: `u` from the middle, `v` below the eyes, `depth` in front of the skull's curve."""
        ratio = max(-0.98, min(0.98, u / HEAD_RADIUS))
        x = HEAD_RADIUS * math.sin(math.asin(ratio) + self.theta) + depth * math.sin(self.theta)
        return CENTRE_X + x * self.width, EYE_Y + v * self.face_l

    def rim(self, u: float, v: float) -> Pt:
        """A point of the head's outline or hair: the skull stays, the jaw follows the turn."""
        share = max(-0.15, min(1.0, (v + 140) / 340))
        slide = HEAD_RADIUS * math.sin(self.theta) * 0.8 * share
        return CENTRE_X + u * self.width + slide, EYE_Y + v * self.face_l
