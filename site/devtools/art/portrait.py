"""Puts a person together: ground, what lies behind the head, body, head, hair."""

from __future__ import annotations

from devtools.art import hair, wraps
from devtools.art.clothes import LIFT, WARDROBE, neck, stethoscope
from devtools.art.eyes import brows, eyes, glasses
from devtools.art.face import ears, folds, head, mouth, nose
from devtools.art.pen import document, mix
from devtools.art.person import CENTRE_X, Person

STYLES: dict[str, hair.Style] = {
    "short_part": hair.short_part, "crop": hair.crop, "fade": hair.fade, "quiff": hair.quiff, "swept": hair.swept_back,
    "receding": hair.receding, "fringe_sides": hair.fringe_sides, "bald": hair.bald, "curly_top": hair.curly_top,
    "afro": hair.afro, "long_side": hair.long_side, "wavy": hair.wavy, "bob_wavy": hair.bob_wavy,
    "bob_fringe": hair.bob_fringe, "pixie": hair.pixie, "low_bun": hair.low_bun, "top_bun": hair.top_bun,
    "curly_shoulder": hair.curly_shoulder, "braids": wraps.braids, "hijab": wraps.hijab,
    "turban": wraps.turban,
}  # fmt: skip


def ground(colour: str) -> str:
    light, dark = mix(colour, "#ffffff", 0.5), mix(colour, "#4d5b60", 0.1)
    return (
        f'<radialGradient id="ground" cx="0.28" cy="0.24" r="1"><stop offset="0" stop-color="{light}"/>'
        f'<stop offset="0.6" stop-color="{colour}"/><stop offset="1" stop-color="{dark}"/></radialGradient>'
        '<rect width="800" height="1000" fill="url(#ground)"/>'
    )


def figure(p: Person) -> str:
    """The sitter without a ground, for portraits and scenes."""
    behind, before = STYLES[p.hair](p)
    tilt = f'<g transform="rotate({p.tilt:g} {CENTRE_X:g} 640)">'
    face = ("" if p.hair == "hijab" else ears(p)) + head(p) + folds(p) + nose(p) + mouth(p) + eyes(p) + brows(p)
    shift = -1.2 * p.turn if abs(p.turn) < 12 else 0.5 * p.turn
    return "".join([
        tilt, behind, "</g>", f'<g transform="rotate({-0.8 * p.tilt:g} 400 820) translate({shift:g} {-LIFT:g})">', neck(p), WARDROBE[p.clothes](p), stethoscope(p),
        "</g>", tilt, face, wraps.beard(p), glasses(p), before, "</g>",
    ])  # fmt: skip


def portrait(p: Person) -> str:
    return document(
        800,
        1000,
        [
            ground(p.ground),
            f'<g transform="translate(400 448) scale(1.2) translate(-400 -420)">{figure(p)}</g>',
        ],
    )
