#!/usr/bin/env python3
"""Draws the demo catalogue's product images into demo/images.

Every picture is one line of PICTURES: a glyph, its colour and accent (two of them, joined by `+`, stand side by
side), a backdrop and perhaps `near` for a closer look. Run it again after a change; equal input gives equal bytes.
"""

import csv
import re
import sys
import zlib
from pathlib import Path

COLOURS = {
    "amber": "#d98e2b", "apricot": "#eda268", "berry": "#a63a50", "black": "#35323a", "brass": "#d3a84c",
    "brick": "#c0503b", "celadon": "#9dc0a6", "chalk": "#f4efe6", "clay": "#c9805e", "cocoa": "#5d3f33",
    "copper": "#cf7d52", "cream": "#f6e7cb", "flax": "#dcc9a3", "forest": "#3d6650", "glass": "#d5e9e6",
    "grey": "#8d9299", "ink": "#33476b", "iron": "#45454d", "lavender": "#a99bcb", "leaf": "#5f9460",
    "midnight": "#3a4a78", "moss": "#7d8f57", "mustard": "#dca63a", "oak": "#d3a26b", "oat": "#e6d6b8",
    "ochre": "#cf9440", "olive": "#87884c", "pine": "#b98654", "pink": "#e7a9a2", "plum": "#7c4a69",
    "rust": "#b9603a", "sage": "#a3b899", "sea": "#3f7f8f", "sky": "#8fb9d3", "slate": "#69778a",
    "steel": "#bcc5cb", "terracotta": "#c96f4a", "tomato": "#d2503c", "walnut": "#7d5539", "white": "#fffaf1",
    "willow": "#b98f5a", "yellow": "#f2c54b",
}
BACKDROPS = {
    "butter": "#f7e3ae", "lilac": "#dcd2e6", "mint": "#cbe3d8", "night": "#39486a", "peach": "#f6cfb6",
    "rose": "#f0c8c4", "sage": "#ccd9c0", "sand": "#f0dfc8", "sky": "#c8deea", "teal": "#8fbdb8",
}
GLYPHS = {}
STANDING = set()


def glyph(stands):
    """Registers a drawing under its function's name; one that stands gets a table, with its feet at y = 640."""
    def register(draw):
        GLYPHS[draw.__name__] = draw
        if stands:
            STANDING.add(draw.__name__)
        return draw
    return register


# Primitives. A fill that starts with `~` is two-toned: lit on the left, in shade on the right.

def mix(colour, other, share):
    pairs = zip((colour[i:i + 2] for i in (1, 3, 5)), (other[i:i + 2] for i in (1, 3, 5)))
    return "#" + "".join(f"{round(int(a, 16) * (1 - share) + int(b, 16) * share):02x}" for a, b in pairs)


def dark(colour, share=.22):
    return mix(colour, "#2a2233", share)


def light(colour, share=.35):
    return mix(colour, "#fffaf0", share)


def path(d, fill, extra=""):
    return f'<path d="{d}" fill="{fill}"{extra}/>'


def line(d, colour, width):
    return (f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round" '
            'stroke-linejoin="round"/>')


def rect(x, y, w, h, fill, r=0):
    return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" fill="{fill}"' + (f' rx="{r}"/>' if r else "/>")


def oval(x, y, rx, ry, fill, extra=""):
    return f'<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}" fill="{fill}"{extra}/>'


def circle(x, y, r, fill):
    return f'<circle cx="{x}" cy="{y}" r="{r}" fill="{fill}"/>'


def turn(angle, *parts, x=400, y=400):
    return f'<g transform="rotate({angle} {x} {y})">{"".join(parts)}</g>'


def each(draw, *places):
    return "".join(draw(*(place if isinstance(place, tuple) else (place,))) for place in places)


def leaf(x, y, length, angle, colour):
    half = length // 2
    shape = f"M{x} {y}q{-half} {-half} 0 {-length}q{half} {half} 0 {length}z"
    return turn(angle, path(shape, "~" + colour), x=x, y=y)


def steam(x, y):
    return line(f"M{x} {y}c-26-30 26-50 0-82m64 82c-26-30 26-50 0-82", "#fffaf0", 12)


# Kitchen

@glyph(stands=True)
def mug(c, a):
    return (line("M540 380h40a60 60 0 0 1 0 130h-50", dark(c), 36)
            + path("M230 300h320v270a70 70 0 0 1-70 70H300a70 70 0 0 1-70-70z", "~" + c)
            + oval(390, 302, 160, 34, light(c)) + oval(390, 308, 132, 22, a) + steam(360, 240))


@glyph(stands=True)
def tin_mug(c, a):
    return (line("M540 380h30a52 52 0 0 1 0 116h-36", a, 22) + rect(240, 300, 310, 340, "~" + c, 26)
            + rect(228, 288, 334, 28, a, 14) + each(lambda x, y: circle(x, y, 7, dark(c, .12)),
                                                     (300, 380), (350, 470), (290, 560), (420, 400), (390, 580)))


@glyph(stands=True)
def tumbler(c, a):
    dots = each(lambda x, y: oval(x, y, 6, 4, a), (300, 380), (340, 470), (295, 540), (380, 400), (430, 500),
                (360, 590), (480, 420), (460, 580), (330, 330), (500, 350), (420, 340), (390, 540))
    return path("M260 270h280l-24 340q-3 30-34 30H318q-31 0-34-30z", "~" + c) + oval(400, 272, 140, 28, light(c)) + dots


@glyph(stands=True)
def footed_bowl(c, a):
    return (path("M320 590h160l24 50H296z", dark(c)) + path("M180 350h440q-10 250-220 250T180 350z", "~" + c)
            + path("M188 410h424q-5 34-16 62H204q-11-28-16-62z", a) + oval(400, 352, 220, 44, light(c))
            + oval(400, 360, 186, 30, "#c79b74"))


@glyph(stands=True)
def cup(c, a):
    return (oval(400, 616, 220, 26, dark(a, .1)) + oval(400, 606, 220, 26, a)
            + line("M520 440h26a40 40 0 0 1 0 84h-36", dark(c), 24)
            + path("M270 400h260v100q0 100-130 100T270 500z", "~" + c) + oval(400, 402, 130, 26, light(c))
            + oval(400, 407, 106, 17, COLOURS["cocoa"]) + steam(370, 350))


@glyph(stands=True)
def glass(c, a):
    return (path("M250 250h300l-26 350q-3 40-44 40H320q-41 0-44-40z", c, ' opacity=".75"')
            + path("M292 330h216l-16 210q-3 36-38 36H346q-35 0-38-36z", "~" + a)
            + rect(278, 270, 20, 250, "#fff", 10).replace("/>", ' opacity=".6"/>'))


@glyph(stands=False)
def skillet(c, a):
    egg = "" if a == c else (path("M300 380q10-80 100-70t110 70-20 110-110 20-110-40 10-90z", "#fffaf1")
                             + circle(400, 410, 46, a) + circle(386, 396, 12, light(a, .7)))
    return turn(40, rect(366, 590, 68, 220, "~" + c, 30) + circle(400, 770, 14, dark(c, .5))
                + circle(400, 410, 220, "~" + c) + circle(400, 410, 182, dark(c, .35)), x=400, y=410) + egg


@glyph(stands=True)
def casserole(c, a):
    return (rect(150, 410, 500, 44, dark(c), 22) + path("M200 380h400v190q0 70-70 70H270q-70 0-70-70z", "~" + c)
            + path("M190 380q20-110 210-110t210 110z", "~" + dark(c, .08)) + rect(182, 366, 436, 26, light(c, .25), 13)
            + rect(384, 236, 32, 44, dark(a, .3)) + rect(356, 216, 88, 36, a, 18))


@glyph(stands=True)
def saucepan(c, a):
    return (path("M560 430 770 380q20-4 20 16t-20 24L560 476z", "~" + a) + circle(752, 402, 9, dark(a, .5))
            + path("M160 400h410v180q0 60-60 60H220q-60 0-60-60z", "~" + c) + oval(365, 402, 205, 36, light(c, .5))
            + oval(365, 408, 178, 25, COLOURS["steel"]) + circle(560, 452, 8, light(c)) + circle(540, 470, 8, light(c)))


@glyph(stands=True)
def ramekin(c, a):
    flutes = each(lambda x: rect(x, 450, 14, 180, dark(c, .13), 7), *range(228, 580, 42))
    return (path("M180 430h440l-24 180q-4 30-34 30H238q-30 0-34-30z", "~" + c) + flutes + oval(400, 430, 220, 62, light(c))
            + oval(400, 434, 192, 48, "~" + a) + oval(350, 424, 60, 14, light(a, .3)) + oval(470, 444, 40, 9, dark(a)))


def blade(c, a, shape, edge=""):
    return turn(-45, path(shape, "~" + c) + edge + rect(340, 540, 82, 40, dark(c, .4), 6)
                + path("M342 576h78l10 190q2 34-48 34t-48-34z", "~" + a)
                + each(lambda y: circle(382, y, 9, light(a, .5)), 630, 690, 750))


@glyph(stands=False)
def knife(c, a):
    shape = "M344 548V20q100 130 100 330v198z"
    return blade(c, a, shape, path("M344 20q100 130 100 330v198h-26V350q0-180-74-310z", light(c, .7)))


@glyph(stands=False)
def paring_knife(c, a):
    return blade(c, a, "M344 548V200q80 100 80 240v108z", path("M344 200q80 100 80 240v108h-22V440q0-120-58-210z", light(c, .7)))


@glyph(stands=False)
def bread_knife(c, a):
    teeth = "q24 14 0 30" * 16
    return blade(c, a, f"M350 548V30q30-10 70 30{teeth}z", path("M360 60h14v470h-14z", light(c, .6)))


@glyph(stands=False)
def board(c, a):
    grain = each(lambda x, y, n: line(f"M{x} {y}c14 {n // 3}-14 {n * 2 // 3} 0 {n}", dark(c, .1), 6),
                 (280, 330, 220), (340, 260, 330), (470, 290, 300), (530, 360, 180))
    food = "" if a == c else each(lambda x, y: circle(x, y, 58, a) + circle(x, y, 46, light(a, .25)) + each(
        lambda dx, dy: oval(x + dx, y + dy, 9, 13, light(a, .75)), (-18, -12), (18, -12), (0, 20)),
        (330, 560), (405, 520), (480, 480))
    return (turn(18, rect(210, 200, 380, 470, dark(c), 40) + rect(210, 190, 380, 470, "~" + c, 40) + grain
                 + circle(400, 246, 26, dark(c, .5))) + food)


@glyph(stands=False)
def serving_board(c, a):
    grain = each(lambda x: line(f"M{x} 330c16 100-16 200 0 330", dark(c, .25), 6), 340, 400, 460)
    return turn(42, path("M370 60h60q20 0 20 20l6 130q64 20 64 90v390q0 60-60 60H340q-60 0-60-60V300q0-70 64-90l6-130q0-20 20-20z",
                         "~" + c) + circle(400, 110, 18, dark(c, .5)) + grain
                + path("M330 560l130-50v110z", a) + circle(366, 566, 8, dark(a)) + circle(420, 566, 11, dark(a)))


@glyph(stands=False)
def plate(c, a):
    return (circle(400, 400, 250, "~" + c) + circle(400, 400, 236, light(c, .25)) + circle(400, 400, 178, dark(c, .1))
            + circle(400, 400, 168, light(c, .12)) + line("M284 330a135 135 0 0 1 96-64", light(a, .6), 12))


@glyph(stands=False)
def wide_bowl(c, a):
    twirl = line("M310 420a90 70 0 1 1 180 0a70 54 0 1 1-140 0a50 38 0 1 1 100 0a28 22 0 1 1-56 0", "#f0cf83", 17)
    return (circle(400, 400, 250, "~" + a) + circle(400, 400, 228, c) + circle(400, 400, 160, dark(c, .16)) + twirl
            + circle(470, 350, 20, COLOURS["tomato"]) + circle(336, 372, 15, COLOURS["tomato"]) + leaf(400, 408, 66, 20, COLOURS["leaf"]))


@glyph(stands=True)
def carafe(c, a):
    return (path("M330 220h140v60q0 60 60 120t20 180q-8 60-60 60H310q-52 0-60-60-40-120 20-180t60-120z", c, ' opacity=".8"')
            + path("M268 450h264q50 60 18 130-10 44-56 44H306q-46 0-56-44-32-70 18-130z", "~" + a)
            + path("M318 130h164l-12 100H330z", light(c, .5), ' opacity=".9"') + rect(318, 120, 164, 16, "#fff", 8)
            + line("M300 420q-30 40-26 100", "#fff", 14))


def stack(c, a, layers, height, top):
    out = ""
    for n in range(layers):
        y = 640 - (n + 1) * height
        out += rect(190, y, 420, height - 8, "~" + mix(c, a, .16 * (n % 2)), (height - 8) // 2)
        out += line(f"M230 {y + height // 2 - 4}h250", dark(c, .12), 5)
    return out + top(640 - layers * height)


@glyph(stands=True)
def napkins(c, a):
    return stack(c, a, 4, 68, lambda y: line(f"M400 {y + 2}v262", a, 22) + line(f"M400 {y}q-80-70-96-10t96 10q80-70 96-10t-96 10", a, 18))


@glyph(stands=False)
def spoons(c, a):
    return (turn(-24, rect(384, 330, 32, 390, "~" + c, 16) + oval(400, 230, 74, 118, "~" + c) + oval(400, 226, 48, 86, dark(c, .2)), y=620)
            + turn(24, rect(384, 330, 32, 390, "~" + a, 16) + path("M326 140q74-40 148 0v130q0 76-74 90-74-14-74-90z", "~" + a)
                   + each(lambda x: rect(x, 180, 15, 110, dark(a, .45), 7), 356, 392, 428), y=620)
            + rect(384, 330, 32, 390, "~" + mix(c, a, .5), 16) + path("M336 110h128v150q0 80-64 90-64-10-64-90z", "~" + mix(c, a, .5)))


@glyph(stands=False)
def apron(c, a):
    return (line("M318 190q82-150 164 0", a, 16) + line("M214 400h-70m442 0h70", a, 16)
            + path("M310 180h180q6 130 100 190v310q0 20-20 20H230q-20 0-20-20V370q94-60 100-190z", "~" + c)
            + path("M290 470h220v90q0 40-40 40H330q-40 0-40-40z", dark(c, .2)) + line("M400 474v122", c, 6)
            + line("M326 212h148", a, 8) + rect(440, 400, 16, 100, COLOURS["oak"], 8))


# Home

@glyph(stands=False)
def pendant_lamp(c, a):
    return (path("M190 430 60 900h680L610 430z", a, ' opacity=".22"') + line("M400-400V240", dark(c, .5), 8)
            + rect(372, 190, 56, 70, COLOURS["brass"], 10) + oval(400, 446, 70, 54, light(a, .6))
            + path("M180 430q0-190 220-190t220 190z", "~" + c) + rect(168, 418, 464, 26, light(c, .2), 13))


@glyph(stands=True)
def desk_lamp(c, a):
    return (path("M250 330 130 640h330L410 400z", COLOURS["yellow"], ' opacity=".3"') + line("M560 610 610 400 400 240", dark(c, .1), 22)
            + circle(610, 400, 24, a) + circle(560, 606, 22, a) + path("M440 640q0-50 120-50t120 50z", "~" + c)
            + turn(38, path("M330 190h84l60 160H270z", "~" + c) + oval(372, 352, 102, 20, light(a, .6))
                   + rect(348, 156, 48, 44, a, 12), x=372, y=250))


@glyph(stands=False)
def paper_lamp(c, a):
    ribs = each(lambda rx: oval(400, 420, rx, 218, "none", f' stroke="{dark(c, .14)}" stroke-width="5"'), 50, 120, 180, 222)
    return (circle(400, 420, 290, a).replace("/>", ' opacity=".18"/>') + line("M400-400V200", COLOURS["iron"], 7)
            + oval(400, 420, 225, 220, "~" + c) + ribs + rect(345, 188, 110, 26, COLOURS["iron"], 12) + rect(345, 626, 110, 22, COLOURS["iron"], 11))


@glyph(stands=True)
def candles(c, a):
    def one(x, y):
        return (circle(x, y - 66, 74, a).replace("/>", ' opacity=".22"/>') + rect(x - 27, y, 54, 580 - y, "~" + c, 12)
                + line(f"M{x} {y}v-26", COLOURS["iron"], 6) + path(f"M{x} {y - 116}q44 60 0 98-44-38 0-98z", a)
                + path(f"M{x - 70} 580h140l-22 60H{x - 48}z", "~" + COLOURS["brass"]))
    return one(300, 230) + one(500, 310)


@glyph(stands=True)
def jar_candle(c, a):
    return (circle(400, 220, 100, a).replace("/>", ' opacity=".25"/>') + rect(230, 300, 340, 340, "~" + c, 44)
            + oval(400, 322, 150, 30, light(c, .75)) + line("M400 318v-36", COLOURS["iron"], 7)
            + path("M400 160q56 78 0 124-56-46 0-124z", a) + rect(300, 410, 200, 150, COLOURS["cream"], 8)
            + leaf(400, 545, 110, 0, COLOURS["leaf"]) + leaf(400, 545, 80, 55, COLOURS["leaf"]) + leaf(400, 545, 80, -55, COLOURS["leaf"]))


@glyph(stands=True)
def throw(c, a):
    fringe = each(lambda x: line(f"M{x} 560v58", light(c, .2), 9), *range(216, 600, 28))
    return (rect(180, 380, 440, 110, "~" + dark(c, .1), 50) + rect(170, 270, 460, 130, "~" + c, 56)
            + path("M196 330h408v236H196z", "~" + c) + each(lambda y: rect(196, y, 408, 18, a), 420, 456, 520) + fringe)


@glyph(stands=False)
def cushion(c, a):
    return (path("M190 210q210 40 420 0-40 200 0 400-210-40-420 0 40-200 0-400z", "~" + c)
            + line("M190 210q210 40 420 0-40 200 0 400-210-40-420 0 40-200 0-400z", a, 12)
            + line("M260 290q60 30 70 90m210-90q-60 30-70 90m-210 160q50-20 66-66m214 66q-50-20-66-66", dark(c, .14), 8))


@glyph(stands=True)
def bedspread(c, a):
    cells = each(lambda x, y: rect(x, y, 22, 22, dark(c, .13), 6), *((x, y) for y in (392, 432, 472) for x in range(222, 570, 42)))
    return (rect(180, 540, 440, 100, "~" + dark(c, .1), 46) + rect(180, 450, 440, 110, "~" + c, 50)
            + rect(180, 350, 440, 170, "~" + c, 44) + cells + line("M200 590h300", dark(c, .25), 6)
            + rect(560, 420, 40, 56, a, 4))


@glyph(stands=False)
def rug(c, a):
    rings = each(lambda r: f'<circle cx="400" cy="400" r="{r}" fill="none" stroke="{dark(c, .14)}" stroke-width="7" stroke-dasharray="22 9"/>',
                 *range(30, 250, 31))
    return circle(400, 400, 262, "~" + c) + f'<circle cx="400" cy="400" r="200" fill="none" stroke="{a}" stroke-width="34"/>' + rings


@glyph(stands=True)
def basket(c, a):
    weave = each(lambda x, y: rect(x, y, 46, 20, dark(c, .18), 9), *((226 + 64 * n + 32 * (m % 2), 400 + 36 * m) for m in range(6) for n in range(5 + (m + 1) % 2)))
    logs = each(lambda x, y: circle(x, y, 52, COLOURS["walnut"]) + circle(x, y, 40, COLOURS["oak"]) + circle(x, y, 18, COLOURS["pine"]),
                (290, 330), (400, 300), (508, 334))
    return (logs + line("M210 400q-60-90 30-110m350 110q60-90-30-110", a, 22)
            + path("M196 370h408l-34 230q-6 40-46 40H276q-40 0-46-40z", "~" + c) + weave + rect(184, 354, 432, 36, a, 18))


@glyph(stands=True)
def cork_jar(c, a):
    return (rect(312, 190, 176, 90, "~" + COLOURS["pine"], 14) + rect(250, 260, 300, 380, c, 40).replace("/>", ' opacity=".85"/>')
            + path("M266 400q134-40 268 0v200q0 26-26 26H292q-26 0-26-26z", "~" + a) + rect(292, 250, 216, 26, light(c, .5), 12)
            + each(lambda x, y: oval(x, y, 13, 8, light(a, .35)), (310, 450), (370, 500), (320, 560), (440, 450), (410, 570), (480, 530), (355, 430))
            + line("M282 310v110", "#fff", 13))


@glyph(stands=False)
def peg_rail(c, a):
    pegs = each(lambda x: rect(x, 246, 26, 66, dark(c), 10) + circle(x + 13, 312, 26, "~" + light(c, .15)), 187, 387, 587)
    bag = (line("M340 470q10-150 60-150t60 150", a, 20) + path("M290 450h220l28 220q4 30-26 30H288q-30 0-26-30z", "~" + a)
           + path("M372 560h56v56h-56z", light(a, .5)))
    return rect(110, 220, 580, 76, "~" + c, 20) + pegs + bag


@glyph(stands=True)
def stool(c, a):
    return (path("M270 370h48l-50 270h-44z", dark(c)) + path("M482 370h48l46 270h-44z", dark(c, .3)) + path("M376 370h48v270h-48z", dark(c, .15))
            + rect(262, 500, 276, 22, c, 11) + rect(200, 320, 400, 66, "~" + c, 33) + oval(400, 326, 190, 28, light(c, .4)) + oval(400, 330, 110, 14, a))


@glyph(stands=True)
def chair(c, a):
    spindles = each(lambda x: rect(x, 190, 12, 220, dark(c, .12), 6), 300, 338, 376, 414, 452, 490)
    return (spindles + line("M258 410V230q0-80 142-80t142 80v180", c, 26) + path("M262 440h34l-22 200h-36z", dark(c))
            + path("M504 440h34l24 200h-36z", dark(c, .3)) + rect(250, 540, 300, 18, dark(c), 9)
            + path("M220 410h360q14 0 14 24t-22 24H228q-22 0-22-24t14-24z", "~" + light(c, .12)) + path("M252 392h296l12 20H240z", a))


@glyph(stands=True)
def shelf(c, a):
    boards = each(lambda y, w: rect(400 - w // 2, y, w, 22, "~" + c, 6), (230, 260), (350, 310), (470, 360), (590, 410))
    books = each(lambda x, y, w, h, f: rect(x, y - h, w, h, COLOURS[f], 5),
                 (300, 350, 30, 84, "tomato"), (332, 350, 24, 70, "mustard"), (358, 350, 34, 90, "ink"), (270, 470, 36, 92, "sea"),
                 (308, 470, 26, 76, "cream"), (440, 470, 90, 30, "rust"), (446, 440, 76, 26, "sage"), (250, 590, 130, 66, "willow"), (430, 590, 40, 84, "plum"), (472, 590, 30, 72, "oat"))
    return (line("M300 160 214 640M500 160l86 480", dark(c), 24) + boards + books + path("M370 190h60l-8 40h-44z", a)
            + each(lambda d: leaf(400, 194, 80, d, COLOURS["leaf"]), -45, 0, 45))


@glyph(stands=False)
def clock(c, a):
    ticks = each(lambda d: turn(d, rect(393, 212, 14, 44, COLOURS["ink"], 7)), 0, 90, 180, 270)
    return (circle(400, 400, 240, "~" + c) + circle(400, 400, 204, COLOURS["white"]) + ticks + line("M400 400 310 320", COLOURS["ink"], 18)
            + line("M400 400 480 276", COLOURS["ink"], 12) + line("M400 440V400l10 130", a, 6) + circle(400, 400, 17, a))


@glyph(stands=False)
def mirror(c, a):
    return (line("M400 120 236 330m164-210 164 210", a, 18) + circle(400, 112, 20, COLOURS["brass"]) + circle(400, 440, 230, "~" + c)
            + circle(400, 440, 206, "#c4dfe6") + path("M250 400 420 240h90L236 500q-8-50 14-100zm60 190 260-250 26 60-220 220q-36-8-66-30z", "#e3f1f3"))


# Clothing

TORSO = "M300 180q100 60 200 0l140 70q24 12 14 38l-44 110-70-26v290q0 24-24 24H284q-24 0-24-24V372l-70 26-44-110q-10-26 14-38z"


@glyph(stands=False)
def tee(c, a):
    pocket = "" if a == c else path("M440 320h84v70l-42 24-42-24z", dark(c, .16))
    return path(TORSO, "~" + c) + line("M300 182q100 84 200 0", dark(c, .25), 16) + pocket + line("M274 656h252", dark(c, .14), 6)


LONG = "M300 170q100 50 200 0l96 44q28 12 36 46l66 330-76 22-80-260v310q0 24-24 24H282q-24 0-24-24V352l-80 260-76-22 66-330q8-34 36-46z"


@glyph(stands=False)
def striped_top(c, a):
    body = each(lambda y: rect(258, y, 284, 18, a), *range(300, 660, 44))
    sleeves = each(lambda y: line(f"M{210 - (y - 300) // 4} {y}l-70-16m{520 + (y - 300) // 2} 16l70-16", a, 16), 330, 372, 414, 456)
    return path(LONG, "~" + c) + body + sleeves + line("M300 172q100 56 200 0", a, 14)


@glyph(stands=False)
def shirt(c, a):
    return (path(LONG, "~" + c) + path("M318 170h164l-82 110z", dark(c, .3)) + path("M300 168l-16 60 84 50 32-40-76-80zM500 168l16 60-84 50-32-40 76-80z", light(c, .4))
            + line("M400 280v400", dark(c, .14), 5) + each(lambda y: circle(400, y, 8, a), 330, 410, 490, 570, 640)
            + path("M442 360h74v66l-37 18-37-18z", dark(c, .1)))


def ribs(c):
    return (each(lambda x: rect(x, 640, 8, 44, dark(c, .16)), *range(272, 530, 24))
            + line("M112 576l62 18m514-18-62 18", dark(c, .2), 10) + line("M108 556l66 20m518-20-66 20", dark(c, .2), 6))


@glyph(stands=False)
def jumper(c, a):
    knit = each(lambda y: line("M276 %d" % y + "l18 14 18-14" * 7, a, 6), 330, 352, 374)
    return path(LONG, "~" + c) + line("M302 178q98 70 196 0", dark(c, .2), 26) + knit + ribs(c)


@glyph(stands=False)
def cardigan(c, a):
    return (path(LONG, "~" + c) + path("M330 178h140l-70 190z", dark(c, .45)) + line("M316 180 400 372l84-192M400 372v310", light(c, .14), 22)
            + each(lambda y: circle(400, y, 13, a), 410, 480, 550, 620) + rect(284, 540, 86, 90, dark(c, .2), 8) + rect(430, 540, 86, 90, dark(c, .28), 8) + ribs(c))


@glyph(stands=False)
def beanie(c, a):
    lines = each(lambda d: line(f"M400 210Q{400 + d} 260 {400 + d * 1.25:g} 500", dark(c, .14), 7), -150, -100, -50, 0, 50, 100, 150)
    return (path("M190 510q-10-320 210-320t210 320z", "~" + c) + lines + rect(170, 480, 460, 120, "~" + light(c, .14), 34)
            + each(lambda x: rect(x, 492, 8, 96, dark(c, .14), 4), *range(204, 610, 32)) + rect(520, 530, 60, 40, a, 4))


@glyph(stands=False)
def scarf(c, a):
    fringe = each(lambda x, y: line(f"M{x} {y}v50", c, 9), *((x, 660) for x in range(262, 380, 22)), *((x, 590) for x in range(442, 560, 22)))
    weave = each(lambda y: line(f"M266 {y}" + "l16 14 16-14" * 3, dark(c, .16), 6), 420, 460, 500)
    return (fringe + path("M430 300h140v296H430z", "~" + dark(c, .12)) + rect(430, 500, 140, 34, a) + path("M190 270q0-130 210-130t210 130-210 130-210-130z", "~" + c)
            + oval(400, 250, 120, 52, dark(c, .42)) + path("M250 330h140v336H250z", "~" + c) + weave + rect(250, 560, 140, 34, a)
            + line("M226 310q60 70 174 72", dark(c, .18), 8))


@glyph(stands=False)
def straw_hat(c, a):
    return (oval(400, 500, 300, 96, "~" + c) + oval(400, 490, 300, 90, light(c, .18)) + path("M240 490q0-260 160-260t160 260q-160 50-320 0z", "~" + c)
            + path("M240 430q160 60 320 0v62q-160 52-320 0z", a) + line("M270 360q130 46 260 0m-230-66q100 34 200 0m-386 210q-20 16-40 14m600-14q20 16 40 14", dark(c, .14), 6))


@glyph(stands=False)
def socks(c, a):
    def one(x, y):
        return (f'<g transform="translate({x} {y})">' + path("M0 0h130v250l110 70q40 30 20 80-20 44-70 40-110-10-160-60-30-30-30-90z", "~" + c)
                + rect(-8, -14, 146, 66, a, 16) + path("M4 300q56-20 90 20t10 94q-60-16-84-44-16-26-16-70z", a)
                + path("M200 294l40 26q40 30 20 80-14 30-42 38-40-70-18-144z", a) + rect(0, 90, 130, 14, a) + "</g>")
    return one(400, 160) + one(230, 220)


# Garden

def plant(x, y, colour, size=1.0):
    return each(lambda d, n: leaf(x, y, round(n * size), d, colour), (-70, 130), (70, 130), (-38, 190), (38, 190), (0, 230))


@glyph(stands=True)
def pot(c, a):
    return (plant(400, 380, a, 1.1) + path("M250 420h300l-40 190q-6 30-36 30H326q-30 0-36-30z", "~" + c) + rect(226, 360, 348, 78, "~" + light(c, .1), 14)
            + rect(240, 438, 320, 12, dark(c)))


@glyph(stands=True)
def footed_planter(c, a):
    return (each(lambda d: leaf(400, 400, 170, d, a), -62, -31, 0, 31, 62) + each(lambda d: leaf(400, 410, 130, d, light(a, .2)), -46, -15, 15, 46)
            + each(lambda x: path(f"M{x} 570h40l-8 70h-24z", dark(c, .3)), 270, 380, 490) + path("M210 380h380v110q0 110-110 110H320q-110 0-110-110z", "~" + c)
            + oval(400, 382, 190, 26, light(c, .25)) + oval(400, 386, 166, 17, COLOURS["cocoa"]) + each(lambda d: leaf(400, 392, 120, d, a), -24, 24)
            + path("M210 460q190 60 380 0v40q-6 40-30 64H240q-24-24-30-64z", dark(c, .12)))


@glyph(stands=False)
def hanging_pot(c, a):
    trail = each(lambda x, n: line(f"M{x} 440q-10 {n // 2} 6 {n}", a, 8) + each(lambda k: leaf(x, 450 + k, 56, 70 if k % 80 else -70, a), *range(20, n, 40)),
                 (270, 200), (350, 110), (470, 150), (540, 240))
    return (line("M400 60 230 400M400 60l170 340M400-400V60", COLOURS["flax"], 9) + circle(400, 66, 20, COLOURS["brass"]) + plant(400, 410, a, .7)
            + path("M200 390h400q-10 190-200 190T200 390z", "~" + c) + oval(400, 392, 200, 24, light(c, .3)) + trail)


@glyph(stands=True)
def seed_tray(c, a):
    sprouts = each(lambda x: line(f"M{x} 500v-90", a, 9) + leaf(x, 440, 76, -52, a) + leaf(x, 420, 76, 50, a), 220, 310, 400, 490, 580)
    return sprouts + rect(140, 490, 520, 40, COLOURS["cocoa"], 10) + rect(130, 510, 540, 130, "~" + c, 14) + line("M160 575h480", dark(c, .15), 6)


@glyph(stands=False)
def trowel(c, a):
    return turn(40, path("M310 60q90-70 180 0v220q0 90-90 150-90-60-90-150z", "~" + c) + line("M400 80v270", dark(c, .2), 10) + rect(384, 410, 32, 110, dark(c, .3), 8)
                + path("M356 510h88l16 230q4 50-60 50t-60-50z", "~" + a) + each(lambda y: rect(352, y, 96, 12, light(a, .3), 6), 560, 590))


@glyph(stands=False)
def secateurs(c, a):
    return turn(20, path("M376 380 330 700q-8 50-50 44t-26-64l70-320z", "~" + a) + path("M424 380l46 320q8 50 50 44t26-64l-70-320z", "~" + dark(a, .12))
                + path("M340 400Q290 200 400 70q70 130 64 300z", "~" + c) + path("M460 400q70-100 30-240-110 60-120 220z", "~" + dark(c, .3)) + circle(402, 384, 34, COLOURS["brass"]) + circle(402, 384, 12, dark(c, .6))
                + line("M372 520h60", COLOURS["steel"], 14))


@glyph(stands=True)
def watering_can(c, a):
    return (line("M300 420Q200 430 190 240q-4-70-80-60", dark(c, .12), 26) + path("M84 150l44 66-26 16-52-60z", a) + line("M420 350q60-150 190-70 70 50 10 270", a, 22)
            + path("M280 350h270l40 260q4 30-26 30H266q-30 0-26-30z", "~" + c) + oval(415, 352, 135, 24, light(c)) + oval(415, 356, 112, 15, dark(c, .4)) + rect(262, 470, 308, 16, a))


@glyph(stands=True)
def twine(c, a):
    wraps = each(lambda d: turn(d, oval(400, 440, 200, 70, "none", f' stroke="{dark(c, .16)}" stroke-width="8"'), y=440), 20, 50, 80, 110, 140, 170)
    return circle(400, 440, 200, "~" + c) + wraps + line("M560 560q70 60 20 70t-180 0-160 6", c, 13) + rect(300, 400, 200, 90, a, 10) + leaf(400, 480, 70, 0, COLOURS["leaf"])


@glyph(stands=False)
def feeder(c, a):
    bird = (oval(610, 520, 62, 44, "~" + COLOURS["sky"]) + circle(572, 484, 32, COLOURS["sky"]) + path("M548 480l-36 12 36 10z", COLOURS["mustard"])
            + circle(566, 478, 6, COLOURS["black"]) + path("M650 510l80-34-30 64z", COLOURS["slate"]))
    return (line("M400-400V200", COLOURS["flax"], 9) + rect(270, 320, 260, 240, "~" + c) + rect(320, 350, 160, 170, COLOURS["glass"], 10)
            + path("M320 430q80-30 160 0v80q0 10-10 10H330q-10 0-10-10z", a) + path("M400 170 600 330q10 20-20 20H220q-30 0-20-20z", "~" + dark(c, .35)) + rect(180, 556, 440, 34, "~" + dark(c), 12) + bird)


def packet(c, motif):
    return turn(-6, rect(230, 150, 340, 510, "~" + c, 10) + rect(230, 150, 340, 60, dark(c, .2), 8) + line("M250 180h300", light(c, .3), 5)
                + circle(400, 420, 140, COLOURS["cream"]) + motif + rect(310, 600, 180, 14, light(c, .5), 7) + rect(350, 628, 100, 10, light(c, .5), 5))


@glyph(stands=False)
def flower_packet(c, a):
    petals = each(lambda d: turn(d, oval(400, 360, 24, 46, a), y=400), *range(0, 360, 45))
    return packet(c, line("M400 440v110", COLOURS["leaf"], 10) + leaf(400, 530, 66, 55, COLOURS["leaf"]) + petals + circle(400, 400, 28, COLOURS["yellow"]))


@glyph(stands=False)
def tomato_packet(c, a):
    return packet(c, oval(400, 435, 96, 82, "~" + a) + line("M360 380q-24 60 0 120m80-120q24 60 0 120", dark(a, .16), 6)
                  + each(lambda d: leaf(400, 366, 54, d, COLOURS["leaf"]), -90, -45, 45, 90) + line("M400 366v-34", COLOURS["leaf"], 10))


@glyph(stands=False)
def chilli_packet(c, a):
    return packet(c, path("M350 350q60-30 90 20 30 80-20 170-14 20-24 0-10-80-50-120-30-40 4-70z", "~" + a)
                  + line("M384 350q0-36 30-46", COLOURS["forest"], 13) + oval(386, 350, 40, 15, COLOURS["forest"]))


@glyph(stands=True)
def tulip(c, a):
    return (line("M400 330v250", a, 16) + leaf(400, 580, 220, 32, a) + leaf(400, 580, 250, -28, a) + path("M296 210q50 20 60 70l44-110 44 110q10-50 60-70 30 200-104 200T296 210z", "~" + c)
            + path("M356 280 400 170l44 110q0 80-44 126-44-46-44-126z", light(c, .2)) + path("M400 540q70 20 70 70 0 30-70 30t-70-30q0-50 70-70z", "~" + COLOURS["pine"]))


# Stationery

@glyph(stands=False)
def notebook(c, a):
    return turn(-10, path("M470 640h34v110l-17-20-17 20z", a) + rect(238, 142, 350, 520, COLOURS["cream"], 14) + rect(226, 130, 350, 520, "~" + c, 18) + rect(226, 130, 58, 520, dark(c, .2), 18)
                + rect(340, 250, 170, 90, COLOURS["cream"], 8) + line("M364 284h122m-122 26h80", dark(c, .1), 7) + rect(540, 130, 14, 520, a))


@glyph(stands=False)
def slim_notebook(c, a):
    return turn(8, rect(262, 172, 310, 470, COLOURS["cream"], 30) + rect(250, 160, 310, 470, "~" + c, 30) + line("M262 190v410", dark(c, .2), 6)
                + each(lambda y: rect(256, y, 12, 44, COLOURS["steel"], 5), 260, 480) + circle(405, 360, 70, a) + path("M335 360a70 70 0 0 0 140 0z", light(a, .4)))


@glyph(stands=False)
def sketchbook(c, a):
    return turn(-6, rect(150, 232, 516, 360, COLOURS["white"], 12) + rect(138, 220, 516, 360, "~" + c, 14) + rect(138, 220, 50, 360, dark(c, .16), 14)
                + path("M240 500l100-140 70 90 60-70 120 120z", a) + circle(540, 310, 34, COLOURS["mustard"])) + turn(-30, rect(300, 640, 300, 26, "~" + COLOURS["tomato"], 6) + path("M300 640v26l-44-13z", COLOURS["oat"]), x=450, y=650)


@glyph(stands=False)
def planner(c, a):
    grid = each(lambda x, y: rect(x, y, 92, 62, light(c, .55), 8), *((x, y) for y in (330, 410, 490, 570) for x in (268, 374, 480)))
    wire = each(lambda x: rect(x, 128, 14, 62, COLOURS["iron"], 7), *range(260, 570, 44))
    return rect(230, 160, 382, 500, dark(c, .3), 16) + rect(220, 150, 382, 500, "~" + c, 16) + rect(268, 230, 304, 60, a, 8) + grid + line("M396 440l16 16 30-36m-146 92h52", a, 10) + wire


@glyph(stands=False)
def pen(c, a):
    return turn(45, rect(366, 60, 68, 430, "~" + c, 30) + rect(360, 290, 80, 22, a) + path("M370 490h60l-18 130q-12 40-24 0z", "~" + a) + path("M390 612h20l-10 60z", COLOURS["black"])
                + rect(424, 90, 18, 190, a, 9)) + line("M150 690q60-50 110 0t110-10", COLOURS["ink"], 9)


@glyph(stands=False)
def fountain_pen(c, a):
    return turn(45, rect(362, 40, 76, 400, "~" + c, 34) + rect(358, 250, 84, 20, COLOURS["brass"]) + path("M368 440h64l-8 80h-48z", dark(c, .35)) + path("M372 516h56q16 80-28 190-44-110-28-190z", "~" + a)
                + line("M400 560v130", dark(a, .5), 4) + circle(400, 560, 9, dark(a, .5)) + rect(428, 70, 16, 180, COLOURS["brass"], 8)) + line("M120 730q60-60 110-6", COLOURS["ink"], 9)


def pencil(x, tip, colour):
    return (rect(x - 24, tip + 84, 48, 560 - tip, "~" + colour) + path(f"M{x - 24} {tip + 84}l24-84 24 84z", COLOURS["oat"])
            + path(f"M{x - 9} {tip + 31}L{x} {tip}l9 31z", COLOURS["black"]))


@glyph(stands=False)
def pencils(c, a):
    return turn(18, pencil(320, 190, c) + pencil(400, 110, a) + pencil(480, 150, COLOURS["mustard"]))


@glyph(stands=False)
def watercolours(c, a):
    pans = ["yellow", "mustard", "tomato", "berry", "plum", "midnight", "sea", "sky", "celadon", "leaf", "rust", "cocoa"]
    wells = each(lambda n: rect(206 + n % 6 * 66, 432 + n // 6 * 84, 56, 72, COLOURS[pans[n]], 8), *range(12))
    return (rect(170, 170, 460, 220, "~" + light(c, .5), 26) + each(lambda x, f: oval(x, 280, 54, 36, COLOURS[f], ' opacity=".7"'), (270, "sky"), (400, "apricot"), (530, "sage"))
            + rect(170, 396, 460, 228, "~" + c, 26) + rect(190, 416, 420, 188, COLOURS["white"], 12) + wells + turn(-24, rect(180, 640, 380, 18, a, 9) + path("M560 636l90 13-90 13z", COLOURS["black"]), y=650))


@glyph(stands=False)
def desk_tray(c, a):
    return turn(-8, rect(150, 240, 500, 340, "~" + c, 30) + rect(178, 268, 444, 130, dark(c, .28), 16) + rect(178, 416, 250, 136, dark(c, .28), 16) + rect(446, 416, 176, 136, dark(c, .28), 16)
                + rect(200, 296, 380, 24, "~" + a, 12) + rect(220, 344, 340, 24, "~" + COLOURS["mustard"], 4) + each(lambda x, y: line(f"M{x} {y}h60a16 16 0 0 1 0 32h-50", COLOURS["steel"], 8), (220, 446), (300, 490))
                + rect(478, 446, 66, 66, COLOURS["pink"], 6) + rect(530, 464, 60, 60, COLOURS["yellow"], 6))


@glyph(stands=True)
def pencil_cup(c, a):
    return (turn(-10, pencil(330, 200, a)) + turn(9, pencil(470, 180, COLOURS["mustard"])) + pencil(400, 150, COLOURS["tomato"]) + rect(392, 640, 16, 0, c)
            + rect(250, 380, 300, 260, "~" + c, 30) + rect(250, 470, 300, 30, light(c, .3)) + rect(240, 368, 320, 30, light(c, .2), 15))


@glyph(stands=False)
def scissors(c, a):
    ring = f'<ellipse cx="400" cy="640" rx="62" ry="84" fill="none" stroke="{a}" stroke-width="34"/>'
    half = path("M372 540 392 60q40 20 40 90l-6 330z", "~" + c)
    return turn(30, turn(14, half + ring, y=470) + turn(-14, f'<g transform="matrix(-1 0 0 1 800 0)">{half}{ring}</g>', y=470) + circle(400, 470, 20, dark(c, .5)))


@glyph(stands=False)
def envelope(c, a):
    return (turn(6, rect(200, 180, 400, 300, COLOURS["white"], 8) + line("M250 250h300m-300 50h260m-260 50h180", COLOURS["flax"], 8)) + rect(160, 300, 480, 330, "~" + c, 16)
            + path("M160 316 400 500 640 316V300H160z", light(c, .5)) + line("M162 312 400 496 638 312", dark(c, .18), 6) + circle(400, 490, 50, "~" + a) + circle(400, 490, 32, dark(a, .16)) + leaf(400, 512, 44, 0, light(a)))


# Bath & Body

@glyph(stands=True)
def soap(c, a):
    bubbles = each(lambda x, y, r: circle(x, y, r, "#ffffff").replace("/>", ' opacity=".65"/>') + circle(x - r // 3, y - r // 3, r // 5, "#fff"),
                   (260, 330, 44), (330, 270, 26), (540, 340, 34), (590, 290, 18), (470, 250, 20))
    return (bubbles + rect(180, 440, 440, 200, "~" + c, 70) + rect(200, 400, 400, 170, light(c, .25), 70) + rect(270, 440, 260, 90, "none", 40).replace("/>", f' stroke="{dark(c, .12)}" stroke-width="8"/>')
            + each(lambda x, y: oval(x, y, 10, 6, a), (250, 440), (560, 520), (330, 550), (500, 424), (240, 600), (420, 610), (560, 600)) + leaf(400, 524, 76, 0, a))


@glyph(stands=True)
def soap_stack(c, a):
    return (rect(190, 480, 420, 160, "~" + c, 46) + turn(-4, rect(210, 330, 380, 150, "~" + light(a, .1), 46)) + turn(-4, rect(360, 322, 80, 166, COLOURS["cream"])) + rect(358, 480, 84, 160, COLOURS["cream"])
            + leaf(400, 600, 80, 0, COLOURS["leaf"]) + leaf(400, 440, 76, -4, COLOURS["leaf"]))


@glyph(stands=True)
def soap_block(c, a):
    return (path("M200 370l60-80h380l-50 80z", light(c, .35)) + path("M590 370l50-80v270l-50 80z", dark(c)) + rect(200, 370, 390, 270, c, 12) + rect(240, 410, 310, 190, dark(c, .1), 12)
            + line("M330 560q60-40 130-110", a, 9) + each(lambda x, y, d: leaf(x, y, 62, d, a), (370, 532, 90), (410, 494, 95), (372, 528, -20), (412, 490, -20), (458, 452, 40)))


@glyph(stands=True)
def round_bar(c, a):
    return (oval(400, 590, 210, 50, dark(c)) + rect(190, 480, 420, 110, "~" + c) + oval(400, 480, 210, 60, light(c, .25)) + oval(400, 480, 150, 38, light(c, .1)) + leaf(360, 500, 84, 70, a) + leaf(440, 492, 84, -70, a)
            + each(lambda x, y, r: circle(x, y, r, "#ffffff").replace("/>", ' opacity=".6"/>'), (290, 370, 36), (360, 310, 22), (530, 360, 28), (480, 290, 14)))


@glyph(stands=True)
def tube(c, a):
    petals = each(lambda d: turn(d, oval(400, 374, 17, 36, a), y=410), *range(0, 360, 45))
    return (rect(330, 570, 140, 70, dark(a, .1), 12) + path("M270 150h260l-40 420H310z", "~" + c) + rect(262, 130, 276, 46, dark(c, .16), 8) + circle(400, 410, 84, COLOURS["cream"]) + petals + circle(400, 410, 20, COLOURS["brass"])
            + each(lambda x: rect(x, 140, 6, 28, dark(c, .3)), *range(282, 530, 22)))


@glyph(stands=False)
def balm_tin(c, a):
    hexagons = each(lambda x, y: path(f"M{x} {y - 38}l33 19v38l-33 19-33-19v-38z", a), (400, 330), (362, 396), (438, 396), (400, 462))
    return (circle(520, 510, 150, dark(c, .14)) + circle(520, 504, 128, COLOURS["cream"]) + circle(520, 504, 108, "~" + light(a, .4)) + circle(360, 372, 190, "~" + c) + circle(360, 372, 168, light(c, .2))
            + f'<g transform="translate(-40 -24)">{hexagons}</g>')


def jar(c, contents, lid, label):
    return (rect(230, 280, 340, 360, c, 50).replace("/>", ' opacity=".8"/>') + rect(246, 330, 308, 296, "~" + contents, 40) + lid + rect(296, 410, 208, 150, COLOURS["cream"], 10) + label + line("M266 360v150", "#fff", 12))


@glyph(stands=True)
def salts(c, a):
    grains = each(lambda x, y: rect(x, y, 22, 22, light(c, .5), 6), (270, 360), (340, 350), (430, 370), (510, 350), (266, 580), (380, 590), (500, 580), (520, 480))
    return jar(COLOURS["glass"], c, rect(270, 200, 260, 96, "~" + COLOURS["pine"], 20) + grains, circle(400, 485, 44, a) + circle(400, 485, 28, light(a, .3)) + circle(400, 485, 13, dark(a)) + leaf(446, 510, 50, 60, COLOURS["leaf"]) + leaf(354, 510, 50, -60, COLOURS["leaf"]))


@glyph(stands=True)
def honey(c, a):
    cells = each(lambda x, y: path(f"M{x} {y - 30}l26 15v30l-26 15-26-15v-30z", c), (400, 456), (370, 508), (430, 508))
    return jar(COLOURS["glass"], c, rect(248, 220, 304, 76, "~" + a, 20) + rect(248, 262, 304, 14, dark(a, .14)), cells)


@glyph(stands=True)
def jam(c, a):
    checks = each(lambda x: rect(x, 216, 30, 70, light(a, .5)), 270, 330, 390, 450, 510)
    fruit = circle(400, 488, 46, "~" + c) + line("M400 444q-16 40 0 88", dark(c, .16), 5) + leaf(404, 446, 48, 60, COLOURS["leaf"])
    return jar(COLOURS["glass"], c, path("M256 210h288l36 130-40-14-36 20-40-20-36 20-36-20-40 20-40-20-36 20-34-6z", "~" + a) + checks + line("M250 296h300", COLOURS["flax"], 12), fruit)


@glyph(stands=True)
def spread(c, a):
    nut = path("M400 440q60 40 50 84-10 30-50 30t-50-30q-10-44 50-84z", "~" + a) + path("M352 520q48-24 96 0-4 34-48 34t-48-34z", light(a, .4))
    return jar(COLOURS["glass"], c, rect(254, 216, 292, 80, "~" + COLOURS["brass"], 14), nut)


@glyph(stands=True)
def cloths(c, a):
    return stack(c, a, 3, 96, lambda y: rect(340, y, 120, 288, a) + rect(362, y + 90, 76, 96, COLOURS["cream"], 6) + leaf(400, y + 172, 66, 0, COLOURS["leaf"]))


@glyph(stands=False)
def towel(c, a):
    cells = each(lambda x, y: rect(x, y, 26, 26, dark(c, .1), 7), *((x, y) for y in range(250, 560, 48) for x in range(268, 530, 48)))
    return rect(120, 170, 560, 30, "~" + COLOURS["oak"], 15) + path("M240 160h320v500q0 16-16 16H256q-16 0-16-16z", "~" + c) + path("M240 160h320v44H240z", light(c, .3)) + cells + rect(240, 590, 320, 26, a)


@glyph(stands=False)
def bath_brush(c, a):
    bristles = each(lambda n: line(f"M{318 + n % 4 * 54} {130 + n // 4 * 44}l0 1", a, 30), *range(20))
    return turn(40, path("M370 330h60l14 400q0 44-44 44t-44-44z", "~" + c) + circle(400, 730, 14, dark(c, .5)) + oval(400, 220, 150, 170, "~" + c) + oval(400, 220, 124, 144, dark(c, .18)) + bristles)


@glyph(stands=True)
def soap_dish(c, a):
    return (rect(250, 440, 300, 130, "~" + a, 56) + rect(264, 424, 272, 110, light(a, .3), 50) + path("M160 540h480l-30 74q-10 26-40 26H230q-30 0-40-26z", "~" + c) + rect(150, 530, 500, 30, light(c, .3), 15)
            + each(lambda x: rect(x, 580, 40, 14, dark(c, .16), 7), 240, 320, 400, 480) + each(lambda x, y, r: circle(x, y, r, "#ffffff").replace("/>", ' opacity=".6"/>'), (330, 360, 30), (390, 320, 18), (500, 370, 22)))


# Pantry

@glyph(stands=True)
def tea_tin(c, a):
    return (rect(260, 190, 280, 80, "~" + dark(c, .12), 20) + rect(240, 250, 320, 390, "~" + c, 24) + rect(240, 250, 320, 20, dark(c, .25)) + circle(400, 450, 108, COLOURS["cream"])
            + each(lambda d: leaf(400, 510, 118, d, a), 0, -50, 50) + rect(330, 590, 140, 12, light(c, .5), 6))


@glyph(stands=True)
def coffee_bag(c, a):
    bean = turn(30, oval(400, 450, 50, 70, "~" + COLOURS["cocoa"]) + line("M400 388q-26 62 0 124", COLOURS["oak"], 9), y=450)
    return path("M270 180h260l30 80v360q0 20-20 20H260q-20 0-20-20V260z", "~" + c) + rect(264, 150, 272, 44, dark(c, .25), 8) + line("M240 262h320", dark(c, .2), 7) + rect(240, 360, 320, 180, a) + bean + circle(400, 300, 11, dark(c, .35))


@glyph(stands=True)
def salt_tin(c, a):
    return (rect(220, 380, 360, 220, "~" + c) + oval(400, 600, 180, 42, dark(c, .14)) + path("M220 470q45-50 90 0t90 0 90 0 90 0v70q-45-50-90 0t-90 0-90 0-90 0z", a) + oval(400, 380, 180, 50, light(c, .4)) + oval(400, 376, 150, 38, dark(c, .12))
            + path("M280 380q60-90 120-80t120 80q-120 40-240 0z", COLOURS["white"]) + each(lambda x, y: path(f"M{x} {y}l16 24h-32z", COLOURS["white"]), (330, 270), (460, 262), (400, 240)))


# Outdoors

@glyph(stands=True)
def bottle(c, a):
    return (line("M340 180q0-80 60-80t60 80", a, 22) + rect(336, 160, 128, 80, "~" + a, 16) + path("M340 236h120v20q80 20 80 100v234q0 50-50 50H310q-50 0-50-50V356q0-80 80-100z", "~" + c)
            + rect(260, 560, 280, 20, light(c, .25)) + path("M340 470l44-80 26 40 18-24 34 64z", light(c, .6)) + line("M294 350q4-30 26-46", light(c, .6), 12))


@glyph(stands=True)
def flask(c, a):
    return rect(316, 130, 168, 130, "~" + a, 26) + rect(328, 250, 144, 30, dark(a, .4)) + rect(280, 272, 240, 368, "~" + c, 36) + rect(280, 560, 240, 80, "~" + a, 30) + line("M520 350h44q26 0 26 30v110q0 30-26 30h-44", dark(c, .2), 22) + line("M312 320v190", light(c, .4), 12)


@glyph(stands=True)
def tote(c, a):
    return line("M310 330q0-190 90-190t90 190", dark(c, .16), 26) + path("M210 310h380l24 300q2 30-28 30H214q-30 0-28-30z", "~" + c) + line("M214 340h372", dark(c, .14), 6) + circle(400, 490, 74, a) + path("M326 490a74 74 0 0 0 148 0q-37-30-74 0t-74 0z", light(a, .45))


@glyph(stands=True)
def backpack(c, a):
    return (line("M360 180q40-70 80 0", a, 18) + rect(250, 240, 300, 400, "~" + c, 70) + rect(240, 190, 320, 120, "~" + light(c, .1), 40) + line("M250 250h300", dark(c, .18), 7) + rect(388, 250, 24, 140, a, 6) + rect(378, 350, 44, 34, COLOURS["steel"], 8)
            + path("M280 450h240v130q0 30-30 30H310q-30 0-30-30z", dark(c, .16)) + line("M300 484h200", a, 9) + rect(226, 420, 30, 170, dark(c, .3), 14) + rect(544, 420, 30, 170, dark(c, .3), 14))


@glyph(stands=True)
def weekender(c, a):
    return (line("M310 370q0-150 90-150t90 150", a, 24) + path("M190 350h420q50 10 56 70l14 170q2 50-48 50H168q-50 0-48-50l14-170q6-60 56-70z", "~" + c) + line("M176 370h448", dark(c, .3), 10) + rect(286, 350, 34, 290, a) + rect(480, 350, 34, 290, a)
            + path("M122 560q20 60 80 80h-34q-50 0-48-50zm556 0q-20 60-80 80h34q50 0 48-50z", a) + each(lambda x: circle(x, 420, 9, COLOURS["brass"]), 303, 497))


@glyph(stands=True)
def kettle(c, a):
    return (line("M270 330q0-160 130-160t130 160", a, 22) + path("M560 480q80-10 90-100l50-10q0 160-120 190z", "~" + dark(c, .1)) + path("M250 340h300l60 240q14 60-50 60H240q-64 0-50-60z", "~" + c) + path("M260 340q20-70 140-70t140 70z", "~" + light(c, .15)) + circle(400, 262, 26, a)
            + rect(240, 332, 320, 20, dark(c), 10) + each(lambda x, y: circle(x, y, 7, light(c, .6)), (290, 430), (360, 520), (270, 560), (440, 420), (480, 540), (400, 600)))


@glyph(stands=True)
def camp_lantern(c, a):
    return (circle(400, 430, 270, a).replace("/>", ' opacity=".2"/>') + line("M300 240q0-130 100-130t100 130", COLOURS["steel"], 14) + path("M290 300q0-90 110-90t110 90z", "~" + c) + rect(280, 290, 240, 230, light(a, .45), 16) + oval(400, 410, 54, 84, a)
            + each(lambda x: rect(x, 290, 12, 230, dark(c, .2)), 280, 508) + rect(270, 284, 260, 26, dark(c, .2), 10) + path("M270 510h260l24 104q4 26-24 26H270q-28 0-24-26z", "~" + c) + circle(400, 576, 22, a))


@glyph(stands=True)
def picnic_roll(c, a):
    checks = each(lambda x: rect(x, 380, 26, 220, a), 250, 360, 470, 560) + each(lambda y: rect(180, y, 440, 24, a).replace("/>", ' opacity=".7"/>'), 420, 490, 560)
    return (rect(160, 380, 480, 230, "~" + c, 40) + checks + oval(624, 495, 56, 115, dark(c, .2)) + line("M624 400q40 30 40 95t-40 84-30-60 16-72 12 50", light(c, .3), 12)
            + each(lambda x: rect(x, 370, 30, 250, COLOURS["walnut"], 8) + rect(x - 6, 470, 42, 34, COLOURS["brass"], 6), 290, 500) + line("M305 372q100-120 210 0", COLOURS["walnut"], 20) + rect(160, 610, 0, 30, c))


@glyph(stands=True)
def hammock(c, a):
    strings = each(lambda x, y: line(f"M120 280 {x} {y}M680 280l{120 - x} {y - 280}", COLOURS["flax"], 5), (200, 350), (210, 380), (220, 410))
    return (rect(96, 180, 40, 460, "~" + COLOURS["walnut"], 12) + rect(664, 180, 40, 460, "~" + COLOURS["walnut"], 12) + strings + path("M196 340q204 130 408 0l-24 80q-180 220-360 0z", "~" + c)
            + path("M204 366q196 126 392 0l-6 24q-190 140-380 0zm10 42q186 140 372 0l-10 20q-176 160-352 0z", a) + each(lambda x: line(f"M{x} {470 + (400 - abs(x - 400)) // 9}v40", a, 7), 300, 340, 380, 420, 460, 500))


@glyph(stands=False)
def folding_knife(c, a):
    return turn(-38, path("M130 410 q90-110 290-110l40 60-30 60z", "~" + c) + path("M130 410q120-80 300-76l20 30-20 56z", light(c, .5)) + path("M400 300q40-10 80 10l200 40q60 14 56 60t-64 40L440 420q-50-10-60-60t20-60z", "~" + a)
                + circle(430, 360, 18, COLOURS["brass"]) + circle(690, 402, 11, dark(a, .5)) + line("M480 350l150 32", dark(a, .18), 6))


# The catalogue: one entry per product, one picture or two.

PICTURES = {
    "stoneware-mug": ["mug oat/cocoa on sage", "mug moss/cocoa + midnight/cocoa on butter"],
    "enamel-mug": ["tin_mug white/ink on sky", "tin_mug sky/ink + brick/ink on sand"],
    "cafe-au-lait-bowl": ["footed_bowl white/sea on peach"],
    "espresso-cups": ["cup pink/white on mint", "cup pink/white + grey/white on sand"],
    "double-wall-glass": ["glass white/amber on lilac"],
    "speckled-tumbler": ["tumbler chalk/walnut on teal", "tumbler chalk/walnut + rust/cocoa on mint"],
    "cast-iron-skillet": ["skillet iron/iron on butter", "skillet iron/yellow on peach"],
    "enamelled-casserole": ["casserole tomato/brass on mint", "casserole sea/brass + cream/brass on peach"],
    "copper-saucepan": ["saucepan copper/brass on sky"],
    "creme-brulee-dishes": ["ramekin white/amber on rose", "ramekin white/amber + sky/amber on butter"],
    "chefs-knife": ["knife steel/walnut on peach", "knife steel/walnut on teal near"],
    "paring-knife": ["paring_knife steel/pine on mint"],
    "oak-chopping-board": ["board oak/oak on teal", "board oak/tomato on sage"],
    "walnut-serving-board": ["serving_board walnut/yellow on butter"],
    "bread-knife": ["bread_knife steel/walnut on lilac"],
    "dinner-plate": ["plate oat/white on teal", "plate moss/white + midnight/white on sand"],
    "wide-pasta-bowl": ["wide_bowl white/terracotta on sky"],
    "water-carafe": ["carafe white/sky on peach"],
    "linen-napkins": ["napkins flax/rust on sage", "napkins olive/cream + plum/cream on rose"],
    "olive-wood-spoons": ["spoons pine/walnut on mint"],
    "canvas-apron": ["apron ink/oat on butter", "apron mustard/walnut + ink/oat on sky"],
    "dome-pendant-lamp": ["pendant_lamp forest/yellow on sand", "pendant_lamp ochre/yellow + chalk/yellow on night"],
    "jointed-desk-lamp": ["desk_lamp tomato/brass on sky", "desk_lamp tomato/brass on butter near"],
    "paper-lantern": ["paper_lamp cream/yellow on night"],
    "beeswax-candles": ["candles amber/yellow on lilac"],
    "fig-leaf-candle": ["jar_candle forest/yellow on peach"],
    "lambswool-throw": ["throw oat/rust on teal", "throw moss/cream + rust/cream on sand"],
    "linen-cushion": ["cushion clay/cream on mint", "cushion sage/cream + ink/cream on peach"],
    "waffle-bedspread": ["bedspread white/sea on rose"],
    "jute-rug": ["rug flax/sea on peach"],
    "willow-basket": ["basket willow/walnut on mint"],
    "cork-lid-jar": ["cork_jar white/apricot on sky", "cork_jar white/olive + white/brick on butter"],
    "oak-peg-rail": ["peg_rail oak/sea on sand"],
    "three-legged-stool": ["stool oak/cream on teal"],
    "spindle-back-chair": ["chair oak/cream on rose", "chair oak/cream + forest/sage on butter"],
    "ladder-shelf": ["shelf oak/terracotta on mint"],
    "quiet-wall-clock": ["clock oak/tomato on teal"],
    "round-mirror": ["mirror oak/walnut on peach"],
    "organic-cotton-tee": ["tee black/black on butter", "tee white/white + moss/moss on rose"],
    "breton-top": ["striped_top white/ink on peach", "striped_top white/ink on sky near"],
    "washed-linen-shirt": ["shirt chalk/walnut on teal", "shirt chalk/walnut + sky/white on sand"],
    "heavyweight-pocket-tee": ["tee mustard/cream on lilac"],
    "merino-crew-jumper": ["jumper oat/rust on sage", "jumper forest/cream + berry/cream on butter"],
    "fishermans-cardigan": ["cardigan ink/brass on sky"],
    "ribbed-beanie": ["beanie mustard/walnut on teal", "beanie ink/cream + brick/cream on mint"],
    "herringbone-scarf": ["scarf grey/tomato on butter"],
    "straw-sun-hat": ["straw_hat flax/ink on peach"],
    "walking-socks": ["socks slate/rust on mint"],
    "everyday-socks": ["socks sky/white on rose", "socks mustard/cream + leaf/cream on lilac"],
    "terracotta-pot": ["pot terracotta/leaf on mint", "pot terracotta/moss + terracotta/leaf on butter"],
    "glazed-planter": ["footed_planter celadon/forest on rose", "footed_planter ochre/leaf + ink/leaf on sand"],
    "hanging-planter": ["hanging_pot chalk/leaf on peach"],
    "windowsill-seed-tray": ["seed_tray pine/leaf on sky"],
    "hand-trowel": ["trowel slate/oak on sage"],
    "bypass-secateurs": ["secateurs steel/tomato on mint"],
    "watering-can": ["watering_can sage/brass on peach", "watering_can brick/brass + sage/brass on sky"],
    "garden-twine": ["twine flax/cream on teal"],
    "cedar-bird-feeder": ["feeder pine/mustard on sage"],
    "wildflower-meadow-mix": ["flower_packet leaf/midnight on butter"],
    "heirloom-tomato-seeds": ["tomato_packet sea/tomato on sand"],
    "jalapeno-seeds": ["chilli_packet rust/leaf on sky"],
    "tulip-bulbs": ["tulip apricot/leaf on lilac", "tulip plum/leaf + apricot/leaf on butter"],
    "cloth-bound-notebook": ["notebook rust/cream on sky", "notebook forest/mustard + ink/tomato on peach"],
    "pocket-notebooks": ["slim_notebook mustard/terracotta on teal", "slim_notebook sage/cream + mustard/terracotta on rose"],
    "landscape-sketchbook": ["sketchbook oat/sage on mint"],
    "undated-weekly-planner": ["planner sky/tomato on butter"],
    "brass-rollerball": ["pen brass/steel on sage"],
    "fountain-pen": ["fountain_pen forest/steel on peach", "fountain_pen forest/steel on sky near"],
    "graphite-pencils": ["pencils sea/tomato on sand"],
    "watercolour-set": ["watercolours iron/oak on lilac"],
    "oak-desk-tray": ["desk_tray oak/ink on sky"],
    "stoneware-pencil-cup": ["pencil_cup sage/sea on rose"],
    "desk-scissors": ["scissors steel/midnight on butter"],
    "ecru-letter-set": ["envelope cream/berry on teal"],
    "lavender-oat-soap": ["soap lavender/plum on sand", "soap_stack lavender/oat on mint"],
    "olive-oil-soap": ["soap_block moss/forest on peach"],
    "pine-tar-soap": ["soap cocoa/pine on sage"],
    "shampoo-bar": ["round_bar celadon/forest on lilac", "round_bar apricot/leaf + celadon/forest on sky"],
    "calendula-hand-cream": ["tube apricot/mustard on mint"],
    "beeswax-lip-balm": ["balm_tin yellow/amber on sky"],
    "rose-bath-salts": ["salts pink/berry on sage"],
    "muslin-face-cloths": ["cloths white/sage on peach"],
    "waffle-towel": ["towel white/sea on peach", "towel sage/cream + rust/cream on sky"],
    "beech-bath-brush": ["bath_brush oak/cream on teal"],
    "ridged-soap-dish": ["soap_dish slate/pink on butter"],
    "earl-grey-tea": ["tea_tin midnight/leaf on butter", "tea_tin midnight/leaf + sea/moss on rose"],
    "chamomile-mint-tea": ["tea_tin yellow/leaf on mint"],
    "rooibos-creme-tea": ["tea_tin rust/terracotta on sand"],
    "fruher-vogel-espresso": ["coffee_bag black/tomato on peach", "coffee_bag black/tomato + cocoa/mustard on sand"],
    "morning-filter-coffee": ["coffee_bag sage/cream on rose"],
    "wildflower-honey": ["honey amber/mustard on sky"],
    "apricot-preserve": ["jam apricot/tomato on mint"],
    "hazelnut-spread": ["spread cocoa/pine on butter"],
    "sea-salt-flakes": ["salt_tin sky/sea on peach"],
    "steel-water-bottle": ["bottle moss/iron on peach", "bottle clay/iron + steel/iron on mint"],
    "vacuum-flask": ["flask midnight/steel on butter"],
    "canvas-tote": ["tote oat/terracotta on teal", "tote ink/mustard + moss/cream on peach"],
    "roll-top-backpack": ["backpack mustard/walnut on sky", "backpack forest/cream + mustard/walnut on sand"],
    "waxed-weekender": ["weekender olive/walnut on sand"],
    "campfire-kettle": ["kettle tomato/iron on sage"],
    "camp-lantern": ["camp_lantern forest/yellow on night"],
    "picnic-blanket": ["picnic_roll moss/cream on sky", "picnic_roll moss/cream + berry/cream on butter"],
    "cotton-hammock": ["hammock tomato/cream on mint"],
    "folding-picnic-knife": ["folding_knife steel/pine on sage"],
}


def scene(name, subject):
    """The whole picture as SVG text: backdrop, table or wall, then the glyph or the pair."""
    glyph_name, rest = subject.split(" ", 1)
    shades, backdrop = rest.split(" on ")
    backdrop, *near = backdrop.split()
    ground = BACKDROPS[backdrop]
    drawn = [GLYPHS[glyph_name](*(COLOURS[colour] for colour in pair.split("/"))) for pair in shades.split(" + ")]

    stands = glyph_name in STANDING
    back = rect(0, 0, 800, 800, ground)
    if zlib.crc32(name.encode()) % 2:
        back += circle(400, 400, 300, light(ground, .38 if backdrop != "night" else .1))
    else:
        back += path("M130 800V400a270 270 0 0 1 540 0v400z", light(ground, .38 if backdrop != "night" else .1))
    if stands:
        back += rect(0, 600, 800, 200, dark(ground, .12))

    middle = 640 if stands else 400
    if len(drawn) == 2:
        shift = 20 if stands else 0
        front = "".join(
            f'<g transform="translate({x} {middle + shift}) scale(.66) translate(-400 {-middle})">{part}</g>'
            for x, part in zip((245, 555), drawn))
    elif near:
        front = f'<g transform="rotate(-8 400 400) translate(-220 -130) scale(1.5)">{drawn[0]}</g>'
    else:
        front = drawn[0]

    tones = sorted(set(re.findall(r'"~(#\w+)"', front)))
    defs = "".join(
        f'<linearGradient id="t{n}"><stop offset=".62" stop-color="{tone}"/><stop offset=".62" stop-color="{dark(tone, .12)}"/></linearGradient>'
        for n, tone in enumerate(tones))
    for n, tone in enumerate(tones):
        front = front.replace(f'"~{tone}"', f'"url(#t{n})"')
    shadow = '<filter id="s"><feDropShadow dx="12" dy="14" stdDeviation="0" flood-color="#2a2233" flood-opacity=".13"/></filter>'
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 800" width="800" height="800">'
            f'<defs>{defs}{shadow}</defs>{back}<g filter="url(#s)">{front}</g></svg>\n')


def main():
    here = Path(__file__).resolve().parent
    images = here / "images"
    images.mkdir(exist_ok=True)
    drawn = {}
    for handle, subjects in PICTURES.items():
        for position, subject in enumerate(subjects, 1):
            name = handle if position == 1 else f"{handle}-{position}"
            drawn[f"{name}.svg"] = scene(name, subject)
    for old in images.glob("*.svg"):
        if old.name not in drawn:
            old.unlink()
    for file, svg in drawn.items():
        (images / file).write_text(svg, encoding="utf-8", newline="\n")

    with open(here / "products.csv", encoding="utf-8", newline="") as source:
        wanted = {Path(row["Image Src"]).name for row in csv.DictReader(source) if row["Image Src"]}
    if wanted != set(drawn):
        sys.exit(f"products.csv and PICTURES differ: {', '.join(sorted(wanted ^ set(drawn)))}")
    print(f"{len(drawn)} images, {sum(map(len, drawn.values())) // 1024} KiB")


if __name__ == "__main__":
    main()
