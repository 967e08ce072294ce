//! What is traded in the simulated market: categories and their families of products. Brands and
//! model lines are invented; nouns, sizes and faults are generic.

use super::axes::*;

/// A property that buyers pay for, with what each value does to the price.
pub struct Axis {
    /// Attribute name.
    pub name: &'static str,
    /// (as written, factor on the price).
    pub values: &'static [(&'static str, f64)],
    /// How often a title says it.
    pub in_title: f64,
}

/// A kind of product within a category.
pub struct Family {
    /// What people call it, commonest first.
    pub nouns: &'static [&'static str],
    /// Typical price of a new one, dollars.
    pub new_dollars: f64,
    /// How often it is offered, beside the others.
    pub weight: f64,
    pub axes: &'static [&'static Axis],
}

/// How a category's models are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// Brand, line, generation: "Pelio Nine 4 Pro".
    Generation,
    /// Brand, line, code: "Harvik ProCut HX-3120".
    Code,
    /// Year, brand, line: "2012 Tarn Solace".
    Year,
    /// The brand is seldom known: "oak dresser, Nordhem".
    Plain,
}

/// A category: what its families share.
pub struct Category {
    pub name: &'static str,
    pub naming: Naming,
    pub brands: &'static [&'static str],
    pub lines: &'static [&'static str],
    pub suffixes: &'static [&'static str],
    /// Things that come along, or are sold on their own for little.
    pub extras: &'static [&'static str],
    pub faults: &'static [&'static str],
    /// Share of the value that a year of age leaves.
    pub kept_per_year: f64,
    pub oldest_years: f64,
    /// Month in which it sells for most (1–12) and by how much, as a share.
    pub season: (u32, f64),
    pub families: &'static [Family],
}

macro_rules! families {
    ($( [$($noun:literal),+] $dollars:literal x $weight:literal ($($axis:ident),*) );+ $(;)?) => {
        &[$(Family { nouns: &[$($noun),+], new_dollars: $dollars, weight: $weight, axes: &[$(&$axis),*] }),+]
    };
}

/// Everything traded.
pub static CATEGORIES: &[Category] = &[
    Category {
        name: "phones",
        naming: Naming::Generation,
        brands: &["Pelio", "Novarra", "Hantek", "Quillo", "Veydra", "Zimbra One", "Astrel", "Mokai"],
        lines: &["Nine", "Edge", "Note", "Lumen", "Arc", "Pico", "Stone", "Flux", "Halo", "Vista"],
        suffixes: &["", "", "Pro", "Plus", "Max", "Lite", "Mini", "SE"],
        extras: &["case", "charger", "screen protector", "box", "earbuds", "wireless charger", "spare cable"],
        faults: &[
            "cracked back glass",
            "small crack in the corner of the screen",
            "battery drains fast",
            "speaker is quiet",
            "face unlock not working",
            "burn-in on the display",
            "charging port is loose",
        ],
        kept_per_year: 0.68,
        oldest_years: 6.0,
        season: (10, 0.04),
        families: families! {
            ["phone", "smartphone", "cell phone"] 950.0 x 10.0 (STORAGE, COLOUR, CARRIER);
            ["phone", "smartphone"] 420.0 x 6.0 (STORAGE, CARRIER, COLOUR);
            ["flip phone", "folding phone"] 1300.0 x 1.5 (STORAGE, COLOUR, CARRIER);
            ["tablet", "tab"] 560.0 x 4.0 (STORAGE, COLOUR, SCREEN);
            ["smartwatch", "smart watch", "watch"] 330.0 x 3.0 (COLOUR);
            ["rugged phone", "work phone"] 520.0 x 0.8 (STORAGE, CARRIER);
        },
    },
    Category {
        name: "laptops",
        naming: Naming::Generation,
        brands: &["Corvent", "Hantek", "Lumora", "Brix", "Teknar", "Oberon", "Pelio", "Nexaro"],
        lines: &["Slate", "AirBook", "Forge", "Traveler", "Studio", "Titan", "Zen", "Ridge", "Campus"],
        suffixes: &["", "Pro", "X", "G2", "G3", "Ultra", "Touch"],
        extras: &["charger", "sleeve", "docking station", "mouse", "box", "second charger"],
        faults: &[
            "battery lasts an hour",
            "one hinge is stiff",
            "a few keys stick",
            "dead pixel",
            "dent on the lid",
            "fan is noisy",
            "no hard drive",
        ],
        kept_per_year: 0.72,
        oldest_years: 8.0,
        season: (8, 0.06),
        families: families! {
            ["laptop", "notebook"] 1150.0 x 8.0 (MEMORY, DISK, SCREEN);
            ["gaming laptop", "laptop"] 1650.0 x 4.0 (MEMORY, DISK, SCREEN);
            ["chromebook style laptop", "netbook"] 320.0 x 2.5 (MEMORY, SCREEN);
            ["desktop", "desktop pc", "computer"] 980.0 x 3.0 (MEMORY, DISK);
            ["monitor", "display"] 340.0 x 3.0 (SCREEN);
            ["2-in-1", "convertible laptop"] 900.0 x 1.5 (MEMORY, DISK);
        },
    },
    Category {
        name: "cameras",
        naming: Naming::Code,
        brands: &["Optara", "Lumica", "Fokal", "Heliox", "Ardent", "Sanko"],
        lines: &["Reflex", "Cine", "Pocket", "Alpine", "Field", "Classic"],
        suffixes: &["", "II", "III", "IV", "S", "R"],
        extras: &["battery", "bag", "tripod", "memory card", "strap", "lens hood", "filter set"],
        faults: &[
            "sensor dust",
            "sticky shutter",
            "fungus in the lens",
            "battery door broken",
            "rubber grip peeling",
            "autofocus hunts",
        ],
        kept_per_year: 0.84,
        oldest_years: 15.0,
        season: (6, 0.05),
        families: families! {
            ["mirrorless camera", "camera", "mirrorless"] 1400.0 x 5.0 (BUNDLE, MOUNT);
            ["dslr", "camera", "dslr camera"] 850.0 x 5.0 (BUNDLE, MOUNT);
            ["lens", "zoom lens", "prime lens"] 620.0 x 4.0 (MOUNT);
            ["film camera", "35mm camera"] 260.0 x 2.0 (BUNDLE);
            ["action cam", "action camera"] 330.0 x 2.0 (COLOUR);
            ["drone", "quadcopter"] 900.0 x 2.0 (COLOUR);
        },
    },
    Category {
        name: "consoles",
        naming: Naming::Generation,
        brands: &["Playdeck", "Vortek", "Nimbo", "Arcadia", "Segaro"],
        lines: &["Station", "Box", "Cube", "Switchblade", "Pocket", "Home"],
        suffixes: &["", "", "Slim", "Pro", "OLED", "Lite"],
        extras: &["controller", "headset", "two games", "charging dock", "carry case", "hdmi cable"],
        faults: &[
            "disc drive does not read",
            "stick drift",
            "hdmi port loose",
            "overheats after an hour",
            "no power cord",
            "missing a joystick cap",
        ],
        kept_per_year: 0.85,
        oldest_years: 12.0,
        season: (12, 0.1),
        families: families! {
            ["console", "game console", "gaming console"] 480.0 x 8.0 (EDITION, PADS, STORAGE);
            ["handheld", "handheld console"] 320.0 x 4.0 (PADS, COLOUR);
            ["vr headset", "vr set"] 460.0 x 2.0 (STORAGE);
            ["retro console", "old console"] 160.0 x 3.0 (PADS);
            ["racing wheel", "sim wheel"] 310.0 x 1.0 (EDITION);
        },
    },
    Category {
        name: "audio",
        naming: Naming::Code,
        brands: &["Sonara", "Basswick", "Klarion", "Audente", "Westholm", "Rumblefield"],
        lines: &["Studio", "Tower", "Session", "Quiet", "Monitor", "Party"],
        suffixes: &["", "MkII", "X", "BT", "S"],
        extras: &["remote", "cables", "stands", "original box", "spare ear pads", "case"],
        faults: &[
            "left channel cuts out",
            "cone has a small tear",
            "bluetooth drops",
            "knob missing",
            "ear pads worn out",
            "hum at high volume",
        ],
        kept_per_year: 0.86,
        oldest_years: 20.0,
        season: (12, 0.05),
        families: families! {
            ["headphones", "headset"] 280.0 x 5.0 (COLOUR);
            ["speakers", "pair of speakers", "bookshelf speakers"] 420.0 x 4.0 (WATTS, COLOUR);
            ["receiver", "amp", "stereo receiver"] 480.0 x 3.0 (WATTS);
            ["turntable", "record player"] 350.0 x 2.0 (COLOUR);
            ["soundbar", "sound bar"] 300.0 x 3.0 (WATTS);
            ["party speaker", "pa speaker"] 380.0 x 1.5 (WATTS);
        },
    },
    Category {
        name: "bikes",
        naming: Naming::Year,
        brands: &["Alderon", "Trekka", "Montara", "Rivello", "Stonewheel", "Cadenza", "Fjordan"],
        lines: &["Ridge", "Sprint", "Roamer", "Gravelo", "Comet", "Summit", "Breeze", "Domestique"],
        suffixes: &["", "Comp", "Sport", "Expert", "Disc", "SL", "1", "3"],
        extras: &["helmet", "lock", "lights", "pump", "pedals", "rear rack", "spare tube"],
        faults: &[
            "needs a new chain",
            "front tire flat",
            "brakes squeak",
            "shifting needs adjusting",
            "rust on the chain",
            "seat torn",
            "wheel slightly out of true",
        ],
        kept_per_year: 0.86,
        oldest_years: 18.0,
        season: (5, 0.12),
        families: families! {
            ["mountain bike", "mtb", "hardtail"] 1300.0 x 5.0 (FRAME, WHEEL, COLOUR);
            ["road bike", "racing bike"] 1500.0 x 4.0 (FRAME, COLOUR);
            ["e-bike", "electric bike", "ebike"] 2200.0 x 3.0 (FRAME, COLOUR);
            ["cruiser", "beach cruiser", "city bike"] 450.0 x 3.0 (COLOUR, WHEEL);
            ["kids bike", "bmx", "kids bicycle"] 220.0 x 3.0 (WHEEL, COLOUR);
            ["gravel bike", "cx bike"] 1700.0 x 2.0 (FRAME, COLOUR);
        },
    },
    Category {
        name: "furniture",
        naming: Naming::Plain,
        brands: &["Nordhem", "Casa Lindo", "Millbrook", "Ashgrove", "Urban Loft", "Heritage Row"],
        lines: &[
            "modern",
            "mid century",
            "vintage",
            "farmhouse",
            "industrial",
            "rustic",
            "antique",
            "scandi",
        ],
        suffixes: &["", "", "set"],
        extras: &["cushions", "matching chair", "glass top", "spare hardware", "throw pillows", "mattress"],
        faults: &[
            "scratches on the top",
            "one leg wobbles",
            "small stain",
            "drawer sticks",
            "cat scratches",
            "sun faded",
            "missing a knob",
        ],
        kept_per_year: 0.87,
        oldest_years: 25.0,
        season: (7, 0.07),
        families: families! {
            ["couch", "sofa", "sectional"] 1100.0 x 6.0 (FABRIC, SEATS, COLOUR);
            ["dining table", "table", "kitchen table"] 650.0 x 4.0 (WOOD);
            ["dresser", "chest of drawers"] 480.0 x 4.0 (WOOD, COLOUR);
            ["desk", "office desk", "computer desk"] 350.0 x 4.0 (WOOD);
            ["bed frame", "bed"] 520.0 x 4.0 (BED, WOOD);
            ["bookshelf", "bookcase", "shelf"] 190.0 x 3.0 (WOOD);
            ["armchair", "recliner", "accent chair"] 430.0 x 3.0 (FABRIC, COLOUR);
        },
    },
    Category {
        name: "tools",
        naming: Naming::Code,
        brands: &["Harvik", "Dorado", "Torqmaster", "Kobra", "Bullhorn", "Makerson"],
        lines: &["ProCut", "Max", "Jobsite", "Brute", "Precision", "Shop"],
        suffixes: &["", "B", "XR", "HD"],
        extras: &["two batteries", "charger", "tool bag", "blade set", "bits", "hard case", "stand"],
        faults: &[
            "trigger sticks",
            "cord is taped",
            "battery holds half a charge",
            "guard missing",
            "chuck slips",
            "runs rough",
        ],
        kept_per_year: 0.87,
        oldest_years: 15.0,
        season: (4, 0.05),
        families: families! {
            ["drill", "drill driver", "cordless drill"] 170.0 x 5.0 (VOLT, KIT);
            ["table saw", "saw"] 560.0 x 3.0 (VOLT);
            ["miter saw", "chop saw"] 380.0 x 3.0 (VOLT);
            ["lawn mower", "mower", "push mower"] 420.0 x 4.0 (VOLT);
            ["pressure washer", "power washer"] 300.0 x 2.0 (KIT);
            ["tool chest", "tool box"] 480.0 x 2.0 (COLOUR);
            ["generator", "portable generator"] 780.0 x 2.0 (WATTS);
        },
    },
    Category {
        name: "instruments",
        naming: Naming::Code,
        brands: &["Ferndale", "Gibrano", "Marlowe", "Tamaro", "Rolanda", "Yamora"],
        lines: &["Standard", "Artist", "Custom", "Stage", "Session", "Heritage"],
        suffixes: &["", "Deluxe", "HSS", "Plus", "II"],
        extras: &["gig bag", "hard case", "stand", "strap", "pedal", "extra strings", "bench"],
        faults: &[
            "needs new strings",
            "crackly pot",
            "fret wear",
            "one key dead",
            "finish checking",
            "broken tuner",
            "small ding on the body",
        ],
        kept_per_year: 0.92,
        oldest_years: 30.0,
        season: (12, 0.04),
        families: families! {
            ["electric guitar", "guitar"] 750.0 x 5.0 (FINISH);
            ["acoustic guitar", "guitar", "acoustic"] 480.0 x 5.0 (FINISH);
            ["keyboard", "digital piano", "piano"] 780.0 x 3.0 (KEYS);
            ["drum set", "drum kit"] 820.0 x 2.0 (FINISH);
            ["guitar amp", "amp", "combo amp"] 420.0 x 3.0 (WATTS);
            ["bass", "bass guitar"] 560.0 x 2.0 (FINISH);
        },
    },
    Category {
        name: "vehicles",
        naming: Naming::Year,
        brands: &["Tarn", "Orlan", "Velo", "Hondara", "Fordham", "Kaito", "Brennan", "Castell"],
        lines: &[
            "Solace", "Rover", "Meridian", "Pinto GT", "Courier", "Ranger X", "Civitas", "Alto", "Vantor",
        ],
        suffixes: &["", "LX", "Sport", "Limited", "SE", "XLT", "GT"],
        extras: &["roof rack", "new tires", "tow hitch", "spare key", "floor mats", "winter wheels"],
        faults: &[
            "check engine light on",
            "needs a windshield",
            "dent in the rear door",
            "a/c not cold",
            "transmission slips",
            "needs brakes",
            "rust over the rear wheels",
        ],
        kept_per_year: 0.88,
        oldest_years: 22.0,
        season: (4, 0.04),
        families: families! {
            ["sedan", "4 door"] 27000.0 x 7.0 (GEAR, TITLE, COLOUR);
            ["SUV", "crossover"] 36000.0 x 6.0 (DRIVE, TITLE, COLOUR);
            ["pickup", "truck"] 41000.0 x 5.0 (DRIVE, TITLE, COLOUR);
            ["hatchback", "hatch"] 23000.0 x 3.0 (GEAR, TITLE, COLOUR);
            ["van", "minivan"] 33000.0 x 2.0 (TITLE, COLOUR);
            ["motorcycle", "bike"] 9500.0 x 2.0 (ENGINE, TITLE, COLOUR);
        },
    },
    Category {
        name: "kitchen",
        naming: Naming::Code,
        brands: &["Cucina", "Brewell", "Vitaro", "Stovecraft", "Kenwick", "Panetto"],
        lines: &["Chef", "Barista", "Family", "Classic", "Artisan", "Turbo"],
        suffixes: &["", "Plus", "Pro", "Mini"],
        extras: &["manual", "spare bowl", "attachments", "recipe book", "filter", "extra jar"],
        faults: &[
            "lid cracked",
            "leaks a little",
            "missing the tray",
            "one burner out",
            "scratched bowl",
            "display flickers",
        ],
        kept_per_year: 0.78,
        oldest_years: 12.0,
        season: (11, 0.05),
        families: families! {
            ["stand mixer", "mixer"] 380.0 x 4.0 (CAPACITY, COLOUR);
            ["espresso machine", "coffee machine"] 620.0 x 4.0 (COLOUR);
            ["blender", "high speed blender"] 260.0 x 3.0 (WATTS);
            ["air fryer", "fryer"] 130.0 x 3.0 (CAPACITY);
            ["fridge", "refrigerator"] 1200.0 x 3.0 (COLOUR);
            ["cookware set", "pots and pans"] 290.0 x 2.0 (CAPACITY);
        },
    },
    Category {
        name: "outdoors",
        naming: Naming::Generation,
        brands: &["Tindra", "Wildmark", "Campero", "Basecove", "Kajaro"],
        lines: &["Trail", "Ridge", "River", "Basecamp", "Drift", "Storm"],
        suffixes: &["", "Lite", "XT", "Pro"],
        extras: &["paddle", "rain fly", "carry bag", "stakes", "pump", "life vest"],
        faults: &[
            "zipper sticks",
            "small patch on the floor",
            "a pole is bent",
            "scuffs on the hull",
            "missing stakes",
            "faded by the sun",
        ],
        kept_per_year: 0.85,
        oldest_years: 12.0,
        season: (6, 0.12),
        families: families! {
            ["tent", "camping tent"] 320.0 x 4.0 (PERSONS, COLOUR);
            ["kayak", "sit-on kayak"] 720.0 x 3.0 (LENGTH, COLOUR);
            ["paddle board", "sup"] 480.0 x 2.0 (LENGTH, COLOUR);
            ["grill", "bbq", "gas grill"] 420.0 x 3.0 (COLOUR);
            ["skis", "ski set"] 520.0 x 2.0 (COLOUR);
            ["treadmill", "folding treadmill"] 900.0 x 2.0 (WATTS);
        },
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_market_is_broad_enough_to_learn_from() {
        assert!(CATEGORIES.len() >= 8);
        assert!(CATEGORIES.iter().map(|category| category.families.len()).sum::<usize>() >= 60);
    }
}
