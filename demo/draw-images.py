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

sys.dont_write_bytecode = True
from glyphs import COLOURS, GLYPHS, STANDING, circle, dark, light, path, rect  # noqa: E402

BACKDROPS = {
    "butter": "#f7e3ae",
    "lilac": "#dcd2e6",
    "mint": "#cbe3d8",
    "night": "#39486a",
    "peach": "#f6cfb6",
    "rose": "#f0c8c4",
    "sage": "#ccd9c0",
    "sand": "#f0dfc8",
    "sky": "#c8deea",
    "teal": "#8fbdb8",
}
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
    "pocket-notebooks": [
        "slim_notebook mustard/terracotta on teal",
        "slim_notebook sage/cream + mustard/terracotta on rose",
    ],
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
        back += circle(400, 400, 300, light(ground, 0.38 if backdrop != "night" else 0.1))
    else:
        back += path("M130 800V400a270 270 0 0 1 540 0v400z", light(ground, 0.38 if backdrop != "night" else 0.1))
    if stands:
        back += rect(0, 600, 800, 200, dark(ground, 0.12))

    middle = 640 if stands else 400
    if len(drawn) == 2:
        shift = 20 if stands else 0
        front = "".join(
            f'<g transform="translate({x} {middle + shift}) scale(.66) translate(-400 {-middle})">{part}</g>'
            for x, part in zip((245, 555), drawn)
        )
    elif near:
        front = f'<g transform="rotate(-8 400 400) translate(-220 -130) scale(1.5)">{drawn[0]}</g>'
    else:
        front = drawn[0]

    tones = sorted(set(re.findall(r'"~(#\w+)"', front)))
    defs = "".join(
        f'<linearGradient id="t{n}"><stop offset=".62" stop-color="{tone}"/>'
        f'<stop offset=".62" stop-color="{dark(tone, .12)}"/></linearGradient>'
        for n, tone in enumerate(tones)
    )
    for n, tone in enumerate(tones):
        front = front.replace(f'"~{tone}"', f'"url(#t{n})"')
    shadow = (
        '<filter id="s"><feDropShadow dx="12" dy="14" stdDeviation="0" flood-color="#2a2233" flood-opacity=".13"/>'
        "</filter>"
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 800" width="800" height="800">'
        f'<defs>{defs}{shadow}</defs>{back}<g filter="url(#s)">{front}</g></svg>\n'
    )


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
