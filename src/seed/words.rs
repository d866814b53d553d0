//! What things in a made-up shop are called.

/// Departments and what is in each.
pub(super) const DEPARTMENTS: [(&str, [&str; 6]); 12] = [
    ("Kitchen", ["Mugs", "Pans", "Knives", "Plates", "Jars", "Kettles"]),
    ("Furniture", ["Chairs", "Tables", "Shelves", "Benches", "Desks", "Stools"]),
    ("Clothing", ["Shirts", "Jumpers", "Trousers", "Socks", "Coats", "Hats"]),
    ("Garden", ["Pots", "Tools", "Seeds", "Hoses", "Lanterns", "Planters"]),
    ("Stationery", ["Notebooks", "Pens", "Pencils", "Envelopes", "Rulers", "Folders"]),
    ("Lighting", ["Lamps", "Bulbs", "Pendants", "Candles", "Torches", "Sconces"]),
    ("Textiles", ["Throws", "Cushions", "Curtains", "Rugs", "Towels", "Sheets"]),
    ("Outdoors", ["Tents", "Bottles", "Backpacks", "Stoves", "Hammocks", "Ropes"]),
    ("Pantry", ["Teas", "Coffees", "Honeys", "Spices", "Oils", "Preserves"]),
    ("Bath", ["Soaps", "Brushes", "Salts", "Robes", "Mirrors", "Trays"]),
    ("Toys", ["Puzzles", "Blocks", "Kites", "Games", "Puppets", "Trains"]),
    ("Music", ["Strings", "Drums", "Flutes", "Stands", "Cases", "Metronomes"]),
];

pub(super) const ADJECTIVES: [&str; 20] = [
    "Quiet",
    "Sturdy",
    "Little",
    "Everyday",
    "Northern",
    "Folded",
    "Speckled",
    "Hand-Made",
    "Classic",
    "Weathered",
    "Bright",
    "Plain",
    "Rustic",
    "Modern",
    "Coastal",
    "Highland",
    "Royal",
    "Honest",
    "Soft",
    "Slow",
];

pub(super) const MATERIALS: [&str; 16] = [
    "Oak",
    "Linen",
    "Stoneware",
    "Copper",
    "Walnut",
    "Wool",
    "Glass",
    "Brass",
    "Cotton",
    "Ash",
    "Enamel",
    "Leather",
    "Bamboo",
    "Slate",
    "Cork",
    "Steel",
];

pub(super) const VENDORS: [&str; 12] = [
    "Halden & Sons",
    "Morrow Works",
    "Tidewater",
    "Birch Lane",
    "Ostwind",
    "Fern & Fold",
    "Three Rivers",
    "Kiln Street",
    "Alder House",
    "Common Thread",
    "Saltmarsh",
    "Grand Atelier",
];

pub(super) const COLOURS: [&str; 5] = ["Oat", "Moss", "Ink", "Clay", "Chalk"];

/// Pictures that the demo shop has anyway.
pub(super) const PICTURES: [&str; 8] = [
    "stoneware-mug",
    "bread-knife",
    "breton-top",
    "canvas-tote",
    "dinner-plate",
    "jute-rug",
    "earl-grey-tea",
    "enamel-mug",
];

pub(super) const SENTENCES: [&str; 12] = [
    "Made in small batches and checked by hand before it leaves the workshop.",
    "It gets better with every year of use.",
    "Packed without plastic.",
    "A favourite of people who keep things for a long time.",
    "The finish breaks a little differently on every piece.",
    "Fits any room and most bags.",
    "Comes with a spare part for the one thing that may wear out.",
    "Designed to be repaired.",
    "Easy to clean and hard to break.",
    "The colour deepens in the sun.",
    "Light enough for every day.",
    "Two people can put it together in ten minutes.",
];

pub(super) const FIRST_NAMES: [&str; 24] = [
    "Ada", "Ben", "Carla", "Dario", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kaya", "Lena",
    "Mateo", "Nora", "Omar", "Pia", "Quentin", "Rosa", "Sami", "Tilda", "Umut", "Vera", "Willem", "Yuki",
];

pub(super) const LAST_NAMES: [&str; 20] = [
    "Abel",
    "Brandt",
    "Costa",
    "Duarte",
    "Eriksen",
    "Fischer",
    "Garcia",
    "Haddad",
    "Ito",
    "Jansen",
    "Kowalski",
    "Lindqvist",
    "Moreau",
    "Nowak",
    "Okafor",
    "Petrov",
    "Rossi",
    "Santos",
    "Tanaka",
    "Weber",
];

/// Towns with region, postcode and country.
pub(super) const TOWNS: [(&str, &str, &str, &str); 8] = [
    ("Portland", "OR", "97201", "US"),
    ("Austin", "TX", "73301", "US"),
    ("Leeds", "", "LS1 4AP", "GB"),
    ("Lyon", "", "69001", "FR"),
    ("Hamburg", "", "20095", "DE"),
    ("Toronto", "ON", "M5H 2N2", "CA"),
    ("Utrecht", "", "3511", "NL"),
    ("Malmö", "", "211 20", "SE"),
];

pub(super) const OPINIONS: [&str; 10] = [
    "Exactly as described.",
    "I use it every day.",
    "Smaller than I thought, but lovely.",
    "A present that was well received.",
    "The second one I bought.",
    "Arrived quickly and well packed.",
    "Good value for the money.",
    "The colour is a little darker than in the picture.",
    "It broke after a month and was replaced without a word.",
    "Not for me, but well made.",
];
