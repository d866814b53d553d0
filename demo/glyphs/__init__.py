"""The drawings by kind of product; importing them registers each one under its name."""

from . import bath, clothing, garden, home, kitchen, outdoors, pantry, stationery
from .pencil import COLOURS, GLYPHS, STANDING, circle, dark, light, path, rect

__all__ = [
    "COLOURS",
    "GLYPHS",
    "STANDING",
    "circle",
    "dark",
    "light",
    "path",
    "rect",
    "bath",
    "clothing",
    "garden",
    "home",
    "kitchen",
    "outdoors",
    "pantry",
    "stationery",
]
