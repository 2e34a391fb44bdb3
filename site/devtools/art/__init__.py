"""Draws every picture of the product: portraits, scenes, line drawings, logo.

Run `python -m devtools.art` (needs chromium and Pillow). The pictures are committed; this package is
kept so that a new doctor, place or colour can be drawn by the same hand.
"""
