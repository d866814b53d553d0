"""Bottles, bags and camp things."""

from .pencil import COLOURS, circle, dark, each, faint, glyph, haze, light, line, oval, path, rect, turn


@glyph(stands=True)
def bottle(c, a):
    return (
        line("M340 180q0-80 60-80t60 80", a, 22)
        + rect(336, 160, 128, 80, "~" + a, 16)
        + path("M340 236h120v20q80 20 80 100v234q0 50-50 50H310q-50 0-50-50V356q0-80 80-100z", "~" + c)
        + rect(260, 560, 280, 20, light(c, 0.25))
        + path("M340 470l44-80 26 40 18-24 34 64z", light(c, 0.6))
        + line("M294 350q4-30 26-46", light(c, 0.6), 12)
    )


@glyph(stands=True)
def flask(c, a):
    return (
        rect(316, 130, 168, 130, "~" + a, 26)
        + rect(328, 250, 144, 30, dark(a, 0.4))
        + rect(280, 272, 240, 368, "~" + c, 36)
        + rect(280, 560, 240, 80, "~" + a, 30)
        + line("M520 350h44q26 0 26 30v110q0 30-26 30h-44", dark(c, 0.2), 22)
        + line("M312 320v190", light(c, 0.4), 12)
    )


@glyph(stands=True)
def tote(c, a):
    return (
        line("M310 330q0-190 90-190t90 190", dark(c, 0.16), 26)
        + path("M210 310h380l24 300q2 30-28 30H214q-30 0-28-30z", "~" + c)
        + line("M214 340h372", dark(c, 0.14), 6)
        + circle(400, 490, 74, a)
        + path("M326 490a74 74 0 0 0 148 0q-37-30-74 0t-74 0z", light(a, 0.45))
    )


@glyph(stands=True)
def backpack(c, a):
    return (
        line("M360 180q40-70 80 0", a, 18)
        + rect(250, 240, 300, 400, "~" + c, 70)
        + rect(240, 190, 320, 120, "~" + light(c, 0.1), 40)
        + line("M250 250h300", dark(c, 0.18), 7)
        + rect(388, 250, 24, 140, a, 6)
        + rect(378, 350, 44, 34, COLOURS["steel"], 8)
        + path("M280 450h240v130q0 30-30 30H310q-30 0-30-30z", dark(c, 0.16))
        + line("M300 484h200", a, 9)
        + rect(226, 420, 30, 170, dark(c, 0.3), 14)
        + rect(544, 420, 30, 170, dark(c, 0.3), 14)
    )


@glyph(stands=True)
def weekender(c, a):
    return (
        line("M310 370q0-150 90-150t90 150", a, 24)
        + path("M190 350h420q50 10 56 70l14 170q2 50-48 50H168q-50 0-48-50l14-170q6-60 56-70z", "~" + c)
        + line("M176 370h448", dark(c, 0.3), 10)
        + rect(286, 350, 34, 290, a)
        + rect(480, 350, 34, 290, a)
        + path("M122 560q20 60 80 80h-34q-50 0-48-50zm556 0q-20 60-80 80h34q50 0 48-50z", a)
        + each(lambda x: circle(x, 420, 9, COLOURS["brass"]), 303, 497)
    )


@glyph(stands=True)
def kettle(c, a):
    return (
        line("M270 330q0-160 130-160t130 160", a, 22)
        + path("M560 480q80-10 90-100l50-10q0 160-120 190z", "~" + dark(c, 0.1))
        + path("M250 340h300l60 240q14 60-50 60H240q-64 0-50-60z", "~" + c)
        + path("M260 340q20-70 140-70t140 70z", "~" + light(c, 0.15))
        + circle(400, 262, 26, a)
        + rect(240, 332, 320, 20, dark(c), 10)
        + each(
            lambda x, y: circle(x, y, 7, light(c, 0.6)),
            (290, 430),
            (360, 520),
            (270, 560),
            (440, 420),
            (480, 540),
            (400, 600),
        )
    )


@glyph(stands=True)
def camp_lantern(c, a):
    return (
        haze(400, 430, 270, light(a, 0.4), 0.3)
        + line("M300 240q0-130 100-130t100 130", COLOURS["steel"], 14)
        + path("M290 300q0-90 110-90t110 90z", "~" + c)
        + rect(280, 290, 240, 230, light(a, 0.45), 16)
        + oval(400, 410, 54, 84, a)
        + each(lambda x: rect(x, 290, 12, 230, dark(c, 0.2)), 280, 508)
        + rect(270, 284, 260, 26, dark(c, 0.2), 10)
        + path("M270 510h260l24 104q4 26-24 26H270q-28 0-24-26z", "~" + c)
        + circle(400, 576, 22, a)
    )


@glyph(stands=True)
def picnic_roll(c, a):
    checks = each(lambda x: rect(x, 380, 26, 220, a), 250, 360, 470, 560) + each(
        lambda y: faint(rect(180, y, 440, 24, a), 0.7), 420, 490, 560
    )
    return (
        rect(160, 380, 480, 230, "~" + c, 40)
        + checks
        + oval(624, 495, 56, 115, dark(c, 0.2))
        + line("M624 400q40 30 40 95t-40 84-30-60 16-72 12 50", light(c, 0.3), 12)
        + each(
            lambda x: rect(x, 370, 30, 250, COLOURS["walnut"], 8) + rect(x - 6, 470, 42, 34, COLOURS["brass"], 6),
            290,
            500,
        )
        + line("M305 372q100-120 210 0", COLOURS["walnut"], 20)
    )


@glyph(stands=True)
def hammock(c, a):
    strings = each(
        lambda x, y: line(f"M120 280 {x} {y}M680 280l{120 - x} {y - 280}", COLOURS["flax"], 5),
        (200, 350),
        (210, 380),
        (220, 410),
    )
    return (
        rect(96, 180, 40, 460, "~" + COLOURS["walnut"], 12)
        + rect(664, 180, 40, 460, "~" + COLOURS["walnut"], 12)
        + strings
        + path("M196 340q204 130 408 0l-24 80q-180 220-360 0z", "~" + c)
        + path("M204 366q196 126 392 0l-6 24q-190 140-380 0zm10 42q186 140 372 0l-10 20q-176 160-352 0z", a)
        + each(lambda x: line(f"M{x} {470 + (400 - abs(x - 400)) // 9}v40", a, 7), 300, 340, 380, 420, 460, 500)
    )


@glyph(stands=False)
def folding_knife(c, a):
    return turn(
        -38,
        path("M130 410 q90-110 290-110l40 60-30 60z", "~" + c)
        + path("M130 410q120-80 300-76l20 30-20 56z", light(c, 0.5))
        + path("M400 300q40-10 80 10l200 40q60 14 56 60t-64 40L440 420q-50-10-60-60t20-60z", "~" + a)
        + circle(430, 360, 18, COLOURS["brass"])
        + circle(690, 402, 11, dark(a, 0.5))
        + line("M480 350l150 32", dark(a, 0.18), 6),
    )
