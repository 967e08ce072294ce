//! The properties that buyers pay for, with what each value does to a price.

use super::catalogue::Axis;

macro_rules! axis {
    ($id:ident, $name:literal, $in_title:literal, [$(($value:literal, $factor:literal)),+ $(,)?]) => {
        pub(super) static $id: Axis = Axis { name: $name, values: &[$(($value, $factor)),+], in_title: $in_title };
    };
}

axis!(
    STORAGE,
    "storage",
    0.75,
    [("64GB", 0.84), ("128GB", 1.0), ("256GB", 1.14), ("512GB", 1.3), ("32GB", 0.7), ("1TB", 1.45)]
);
axis!(
    CARRIER,
    "carrier",
    0.5,
    [("unlocked", 1.0), ("BlueCell", 0.88), ("Tristar Mobile", 0.86), ("Metrolink", 0.78), ("locked", 0.7)]
);
axis!(
    COLOUR,
    "color",
    0.4,
    [
        ("black", 1.0),
        ("white", 1.0),
        ("silver", 1.0),
        ("blue", 1.0),
        ("red", 0.99),
        ("green", 0.98),
        ("grey", 1.0),
        ("gold", 1.01),
        ("purple", 0.97)
    ]
);
axis!(
    MEMORY,
    "memory",
    0.6,
    [("8GB RAM", 0.85), ("16GB RAM", 1.0), ("32GB RAM", 1.22), ("4GB RAM", 0.66), ("64GB RAM", 1.5)]
);
axis!(SCREEN, "screen", 0.5, [("13\"", 0.95), ("14\"", 1.0), ("15.6\"", 1.02), ("17\"", 1.1), ("11\"", 0.8)]);
axis!(
    DISK,
    "disk",
    0.45,
    [("256GB SSD", 0.93), ("512GB SSD", 1.0), ("1TB SSD", 1.13), ("500GB HDD", 0.75), ("2TB SSD", 1.28)]
);
axis!(
    FRAME,
    "frame",
    0.5,
    [
        ("medium", 1.0),
        ("large", 1.02),
        ("small", 0.97),
        ("54cm", 1.0),
        ("56cm", 1.02),
        ("58cm", 1.0),
        ("XL", 0.95),
        ("XS", 0.88)
    ]
);
axis!(WHEEL, "wheel", 0.4, [("29er", 1.06), ("27.5", 1.0), ("26\"", 0.8), ("700c", 1.0), ("20\"", 0.6)]);
axis!(
    WOOD,
    "material",
    0.6,
    [
        ("oak", 1.15),
        ("pine", 0.8),
        ("walnut", 1.35),
        ("laminate", 0.6),
        ("maple", 1.1),
        ("solid wood", 1.1),
        ("mahogany", 1.3),
        ("particle board", 0.45)
    ]
);
axis!(
    FABRIC,
    "material",
    0.6,
    [
        ("leather", 1.4),
        ("fabric", 1.0),
        ("velvet", 1.1),
        ("microfiber", 0.85),
        ("faux leather", 0.75),
        ("linen", 1.0)
    ]
);
axis!(
    SEATS,
    "size",
    0.5,
    [("3 seat", 1.0), ("2 seat", 0.75), ("L shaped", 1.4), ("5 piece", 1.7), ("queen", 1.1), ("full", 0.9)]
);
axis!(BED, "size", 0.8, [("queen", 1.0), ("king", 1.2), ("full", 0.85), ("twin", 0.65), ("cal king", 1.15)]);
axis!(VOLT, "voltage", 0.6, [("20V", 1.0), ("18V", 0.95), ("12V", 0.7), ("40V", 1.35), ("corded", 0.75)]);
axis!(
    KIT,
    "kit",
    0.5,
    [("tool only", 0.7), ("w/ 2 batteries", 1.15), ("kit", 1.0), ("w/ charger", 0.9), ("full set", 1.35)]
);
axis!(
    BUNDLE,
    "bundle",
    0.5,
    [("body only", 0.85), ("w/ kit lens", 1.0), ("2 lenses", 1.25), ("bundle", 1.2)]
);
axis!(
    MOUNT,
    "mount",
    0.5,
    [("E2 mount", 1.0), ("K mount", 0.9), ("M43", 0.92), ("RX mount", 1.05), ("F4 mount", 0.97)]
);
axis!(
    PADS,
    "bundle",
    0.55,
    [
        ("2 controllers", 1.1),
        ("w/ games", 1.2),
        ("console only", 0.85),
        ("1 controller", 1.0),
        ("complete in box", 1.3),
        ("modded", 1.15)
    ]
);
axis!(
    EDITION,
    "edition",
    0.5,
    [("standard", 1.0), ("digital", 0.86), ("slim", 0.95), ("limited edition", 1.35), ("pro", 1.25)]
);
axis!(
    FINISH,
    "finish",
    0.45,
    [
        ("sunburst", 1.03),
        ("natural", 1.0),
        ("black", 0.98),
        ("cherry", 1.02),
        ("white", 1.0),
        ("sea green", 1.07)
    ]
);
axis!(KEYS, "keys", 0.7, [("88 key", 1.3), ("61 key", 0.8), ("49 key", 0.6), ("76 key", 1.0)]);
axis!(GEAR, "transmission", 0.35, [("automatic", 1.0), ("manual", 0.93), ("other", 0.9)]);
axis!(DRIVE, "drive", 0.35, [("4x4", 1.15), ("AWD", 1.1), ("2WD", 0.95), ("FWD", 0.97)]);
axis!(TITLE, "title_status", 0.3, [("clean", 1.0), ("rebuilt", 0.72), ("salvage", 0.55), ("lien", 0.9)]);
axis!(
    ENGINE,
    "engine",
    0.4,
    [("250cc", 0.6), ("650cc", 1.0), ("1000cc", 1.35), ("125cc", 0.4), ("883cc", 1.1)]
);
axis!(
    CAPACITY,
    "capacity",
    0.5,
    [("5 qt", 1.0), ("6 qt", 1.08), ("3 qt", 0.8), ("8 qt", 1.25), ("12 cup", 1.1)]
);
axis!(
    PERSONS,
    "size",
    0.7,
    [("2 person", 0.8), ("4 person", 1.0), ("6 person", 1.25), ("8 person", 1.45), ("1 person", 0.7)]
);
axis!(LENGTH, "length", 0.6, [("10 ft", 0.9), ("12 ft", 1.0), ("8 ft", 0.75), ("14 ft", 1.2), ("9'6", 0.9)]);
axis!(WATTS, "power", 0.5, [("100W", 1.0), ("50W", 0.75), ("200W", 1.3), ("500W", 1.7), ("30W", 0.6)]);
