"""Pots and plants, tools, seeds."""

from .pencil import COLOURS, circle, dark, each, glyph, leaf, light, line, oval, path, rect, turn


def plant(x, y, colour, size=1.0):
    return each(
        lambda d, n: leaf(x, y, round(n * size), d, colour), (-70, 130), (70, 130), (-38, 190), (38, 190), (0, 230)
    )


@glyph(stands=True)
def pot(c, a):
    return (
        plant(400, 380, a, 1.1)
        + path("M250 420h300l-40 190q-6 30-36 30H326q-30 0-36-30z", "~" + c)
        + rect(226, 360, 348, 78, "~" + light(c, 0.1), 14)
        + rect(240, 438, 320, 12, dark(c))
    )


@glyph(stands=True)
def footed_planter(c, a):
    return (
        each(lambda d: leaf(400, 400, 170, d, a), -62, -31, 0, 31, 62)
        + each(lambda d: leaf(400, 410, 130, d, light(a, 0.2)), -46, -15, 15, 46)
        + each(lambda x: path(f"M{x} 570h40l-8 70h-24z", dark(c, 0.3)), 270, 380, 490)
        + path("M210 380h380v110q0 110-110 110H320q-110 0-110-110z", "~" + c)
        + oval(400, 382, 190, 26, light(c, 0.25))
        + oval(400, 386, 166, 17, COLOURS["cocoa"])
        + each(lambda d: leaf(400, 392, 120, d, a), -24, 24)
        + path("M210 460q190 60 380 0v40q-6 40-30 64H240q-24-24-30-64z", dark(c, 0.12))
    )


@glyph(stands=False)
def hanging_pot(c, a):
    trail = each(
        lambda x, n: line(f"M{x} 440q-10 {n // 2} 6 {n}", a, 8)
        + each(lambda k: leaf(x, 450 + k, 56, 70 if k % 80 else -70, a), *range(20, n, 40)),
        (270, 200),
        (350, 110),
        (470, 150),
        (540, 240),
    )
    return (
        line("M400 60 230 400M400 60l170 340M400-400V60", COLOURS["flax"], 9)
        + circle(400, 66, 20, COLOURS["brass"])
        + plant(400, 410, a, 0.7)
        + path("M200 390h400q-10 190-200 190T200 390z", "~" + c)
        + oval(400, 392, 200, 24, light(c, 0.3))
        + trail
    )


@glyph(stands=True)
def seed_tray(c, a):
    sprouts = each(
        lambda x: line(f"M{x} 500v-90", a, 9) + leaf(x, 440, 76, -52, a) + leaf(x, 420, 76, 50, a),
        220,
        310,
        400,
        490,
        580,
    )
    return (
        sprouts
        + rect(140, 490, 520, 40, COLOURS["cocoa"], 10)
        + rect(130, 510, 540, 130, "~" + c, 14)
        + line("M160 575h480", dark(c, 0.15), 6)
    )


@glyph(stands=False)
def trowel(c, a):
    return turn(
        40,
        path("M310 60q90-70 180 0v220q0 90-90 150-90-60-90-150z", "~" + c)
        + line("M400 80v270", dark(c, 0.2), 10)
        + rect(384, 410, 32, 110, dark(c, 0.3), 8)
        + path("M356 510h88l16 230q4 50-60 50t-60-50z", "~" + a)
        + each(lambda y: rect(352, y, 96, 12, light(a, 0.3), 6), 560, 590),
    )


@glyph(stands=False)
def secateurs(c, a):
    return turn(
        20,
        path("M376 380 330 700q-8 50-50 44t-26-64l70-320z", "~" + a)
        + path("M424 380l46 320q8 50 50 44t26-64l-70-320z", "~" + dark(a, 0.12))
        + path("M340 400Q290 200 400 70q70 130 64 300z", "~" + c)
        + path("M460 400q70-100 30-240-110 60-120 220z", "~" + dark(c, 0.3))
        + circle(402, 384, 34, COLOURS["brass"])
        + circle(402, 384, 12, dark(c, 0.6))
        + line("M372 520h60", COLOURS["steel"], 14),
    )


@glyph(stands=True)
def watering_can(c, a):
    return (
        line("M300 420Q200 430 190 240q-4-70-80-60", dark(c, 0.12), 26)
        + path("M84 150l44 66-26 16-52-60z", a)
        + line("M420 350q40-140 170-90 80 40-14 250", dark(c, 0.12), 24)
        + path("M280 350h270l40 260q4 30-26 30H266q-30 0-26-30z", "~" + c)
        + oval(415, 352, 135, 24, light(c))
        + oval(415, 356, 112, 15, dark(c, 0.4))
        + rect(262, 470, 308, 16, a)
    )


@glyph(stands=True)
def twine(c, a):
    wraps = each(
        lambda d: turn(d, oval(400, 440, 200, 70, "none", f' stroke="{dark(c, .16)}" stroke-width="8"'), y=440),
        20,
        50,
        80,
        110,
        140,
        170,
    )
    return (
        circle(400, 440, 200, "~" + c)
        + wraps
        + line("M560 560q70 60 20 70t-180 0-160 6", c, 13)
        + rect(300, 400, 200, 90, a, 10)
        + leaf(400, 480, 70, 0, COLOURS["leaf"])
    )


@glyph(stands=False)
def feeder(c, a):
    bird = (
        oval(610, 520, 62, 44, "~" + COLOURS["sky"])
        + circle(572, 484, 32, COLOURS["sky"])
        + path("M548 480l-36 12 36 10z", COLOURS["mustard"])
        + circle(566, 478, 6, COLOURS["black"])
        + path("M650 510l80-34-30 64z", COLOURS["slate"])
    )
    return (
        line("M400-400V200", COLOURS["flax"], 9)
        + rect(270, 320, 260, 240, "~" + c)
        + rect(320, 350, 160, 170, COLOURS["glass"], 10)
        + path("M320 430q80-30 160 0v80q0 10-10 10H330q-10 0-10-10z", a)
        + path("M400 170 600 330q10 20-20 20H220q-30 0-20-20z", "~" + dark(c, 0.35))
        + rect(180, 556, 440, 34, "~" + dark(c), 12)
        + bird
    )


def packet(c, motif):
    return turn(
        -6,
        rect(230, 150, 340, 510, "~" + c, 10)
        + rect(230, 150, 340, 60, dark(c, 0.2), 8)
        + line("M250 180h300", light(c, 0.3), 5)
        + circle(400, 420, 140, COLOURS["cream"])
        + motif
        + rect(310, 600, 180, 14, light(c, 0.5), 7)
        + rect(350, 628, 100, 10, light(c, 0.5), 5),
    )


@glyph(stands=False)
def flower_packet(c, a):
    petals = each(lambda d: turn(d, oval(400, 360, 24, 46, a), y=400), *range(0, 360, 45))
    return packet(
        c,
        line("M400 440v110", COLOURS["leaf"], 10)
        + leaf(400, 530, 66, 55, COLOURS["leaf"])
        + petals
        + circle(400, 400, 28, COLOURS["yellow"]),
    )


@glyph(stands=False)
def tomato_packet(c, a):
    return packet(
        c,
        oval(400, 435, 96, 82, "~" + a)
        + line("M360 380q-24 60 0 120m80-120q24 60 0 120", dark(a, 0.16), 6)
        + each(lambda d: leaf(400, 366, 54, d, COLOURS["leaf"]), -90, -45, 45, 90)
        + line("M400 366v-34", COLOURS["leaf"], 10),
    )


@glyph(stands=False)
def chilli_packet(c, a):
    return packet(
        c,
        path("M350 350q60-30 90 20 30 80-20 170-14 20-24 0-10-80-50-120-30-40 4-70z", "~" + a)
        + line("M384 350q0-36 30-46", COLOURS["forest"], 13)
        + oval(386, 350, 40, 15, COLOURS["forest"]),
    )


@glyph(stands=True)
def tulip(c, a):
    return (
        line("M400 330v250", a, 16)
        + leaf(400, 580, 220, 32, a)
        + leaf(400, 580, 250, -28, a)
        + path("M296 210q50 20 60 70l44-110 44 110q10-50 60-70 30 200-104 200T296 210z", "~" + c)
        + path("M356 280 400 170l44 110q0 80-44 126-44-46-44-126z", light(c, 0.2))
        + path("M400 540q70 20 70 70 0 30-70 30t-70-30q0-50 70-70z", "~" + COLOURS["pine"])
    )
