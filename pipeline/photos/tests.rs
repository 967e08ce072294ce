//! Photos as cameras, phones and pranksters make them.

use image::{ImageEncoder as _, Rgb, Rgba, RgbaImage};
use proptest::prelude::*;

use super::*;

/// Left half red, right half blue; taller than wide or the other way.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(
        width,
        height,
        |x, _| if x < width / 2 { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) },
    )
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(picture).unwrap();
    bytes
}

fn png(picture: &DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

/// What a phone writes beside the pixels: how it was held, its maker, where it was.
fn exif(orientation: u16) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        let mut bytes = [tag.to_le_bytes(), kind.to_le_bytes()].concat();
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
        bytes
    };
    tiff.extend(3_u16.to_le_bytes());
    let maker = 8 + 2 + 3 * 12 + 4;
    tiff.extend(entry(0x010f, 2, 12, maker));
    tiff.extend(entry(0x0112, 3, 1, u32::from(orientation)));
    tiff.extend(entry(0x8825, 4, 1, maker + 12));
    tiff.extend(0_u32.to_le_bytes());
    tiff.extend(b"SecretPhone\0");
    // The place: latitude N.
    tiff.extend(1_u16.to_le_bytes());
    tiff.extend(entry(0x0001, 2, 2, u32::from_le_bytes(*b"N\0\0\0")));
    tiff.extend(0_u32.to_le_bytes());
    tiff
}

/// A JPEG with an application segment behind its beginning.
fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, marker], &length, body, &jpeg[2..]].concat()
}

fn held(picture: &RgbImage, orientation: u16) -> Vec<u8> {
    with_segment(&jpeg(picture), 0xe1, &[b"Exif\0\0".to_vec(), exif(orientation)].concat())
}

fn pixel(rendition: &Rendition, x: u32, y: u32) -> [u8; 3] {
    image::load_from_memory(&rendition.jpeg).unwrap().into_rgb8().get_pixel(x, y).0
}

/// The markers of a JPEG before its pixels.
fn markers(jpeg: &[u8]) -> Vec<u8> {
    let (mut at, mut found) = (2, Vec::new());
    while jpeg[at] == 0xff && jpeg[at + 1] != 0xda {
        found.push(jpeg[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    found
}

#[test]
fn a_photo_comes_in_three_sizes_and_never_larger_than_it_was() {
    let cases = [
        ((3_000, 2_000), [(1_600, 1_066), (800, 533), (200, 133)]),
        ((2_000, 3_000), [(1_066, 1_600), (533, 800), (133, 200)]),
        ((700, 400), [(700, 400), (700, 400), (200, 114)]),
        ((9_000, 40), [(1_600, 7), (800, 3), (200, 1)]),
    ];
    for ((width, height), sizes) in cases {
        let photo = prepare(&jpeg(&halves(width, height))).unwrap();
        assert_eq!((photo.width, photo.height), (width, height));
        let found: Vec<_> = photo.renditions.iter().map(|one| (one.width, one.height)).collect();
        assert_eq!(found, sizes, "{width} × {height}");
        for one in &photo.renditions {
            let read = image::load_from_memory(&one.jpeg).unwrap();
            assert_eq!((read.width(), read.height()), (one.width, one.height));
        }
    }
    assert!(prepare(&jpeg(&halves(400, 300))).unwrap().is_small());
    assert!(!prepare(&jpeg(&halves(500, 300))).unwrap().is_small());
}

#[test]
fn however_the_phone_was_held_the_photo_is_upright() {
    // Of red left and blue right: where red is after turning.
    let cases = [
        (1, "left"),
        (2, "right"),
        (3, "right"),
        (4, "left"),
        (5, "top"),
        (6, "top"),
        (7, "bottom"),
        (8, "bottom"),
    ];
    for (orientation, red) in cases {
        let photo = prepare(&held(&halves(600, 400), orientation)).unwrap();
        let large = &photo.renditions[0];
        let upright = if orientation >= 5 { (400, 600) } else { (600, 400) };
        assert_eq!((photo.width, photo.height), upright, "{orientation}");
        let at = match red {
            "left" => (20, large.height / 2),
            "right" => (large.width - 20, large.height / 2),
            "top" => (large.width / 2, 20),
            _ => (large.width / 2, large.height - 20),
        };
        let [r, _, b] = pixel(large, at.0, at.1);
        assert!(r > 150 && b < 100, "{orientation}: {red} is {r} {b}");
    }
}

#[test]
fn nothing_but_pixels_is_passed_on() {
    let mut bytes = held(&halves(900, 600), 6);
    bytes = with_segment(&bytes, 0xe1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>SecretPlace</x:xmpmeta>");
    bytes = with_segment(&bytes, 0xed, b"Photoshop 3.0\0SecretCaption");
    bytes = with_segment(&bytes, 0xfe, b"SecretComment");
    assert!(bytes.windows(6).any(|part| part == b"Secret"));
    let mut png = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut png);
    encoder.set_exif_metadata(exif(6)).unwrap();
    encoder.write_image(halves(900, 600).as_raw(), 900, 600, image::ExtendedColorType::Rgb8).unwrap();
    for file in [bytes, png] {
        let photo = prepare(&file).unwrap();
        assert_eq!((photo.width, photo.height), (600, 900), "turned by what is then left out");
        for one in &photo.renditions {
            for secret in [&b"Secret"[..], b"Exif", b"xmpmeta", b"Photoshop"] {
                assert!(!one.jpeg.windows(secret.len()).any(|part| part == secret));
            }
            // JFIF's own header and the tables that decoding takes: no EXIF, XMP, ICC or comment.
            let allowed = [0xe0, 0xdb, 0xc0, 0xc4];
            assert!(
                markers(&one.jpeg).iter().all(|marker| allowed.contains(marker)),
                "{:x?}",
                markers(&one.jpeg)
            );
        }
    }
}

#[test]
fn what_lets_through_is_laid_on_white() {
    let clear = RgbaImage::from_pixel(600, 600, Rgba([0, 0, 0, 0]));
    let photo = prepare(&png(&clear.into())).unwrap();
    assert!(pixel(&photo.renditions[0], 300, 300).iter().all(|colour| *colour > 250));
}

#[test]
fn wider_colours_become_those_of_the_web() {
    let red = RgbImage::from_pixel(600, 600, Rgb([200, 60, 60]));
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    encoder.set_icc_profile(profile).unwrap();
    encoder.encode_image(&red).unwrap();
    let [r, g, _] = pixel(&prepare(&bytes).unwrap().renditions[0], 300, 300);
    assert!(r > 205 && g < 60, "a red of Display P3 is a stronger one in sRGB: {r} {g}");
}

#[test]
fn other_files_are_refused_in_words() {
    let cases: [(&[u8], &str); 6] = [
        (b"", "no picture"),
        (b"%PDF-1.7 not a picture at all", "no picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"GIF89a\x01\0\x01\0\0\0\0;", "GIF"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "to its end"),
        (b"\x89PNG\r\n\x1a\n", "to its end"),
    ];
    for (bytes, words) in cases {
        let refused = prepare(bytes).unwrap_err().to_string();
        assert!(refused.contains(words), "{refused}");
    }
    let whole = jpeg(&halves(800, 600));
    assert!(matches!(prepare(&png(&halves(800, 600).into())[..900]), Err(BadPhoto::Broken(_))));
    // A JPEG that ends too early is refused, or read as far as it goes: never more.
    let cut = prepare(&whole[..whole.len() / 2]);
    assert!(cut.as_ref().is_ok_and(|photo| photo.width == 800) || matches!(cut, Err(BadPhoto::Broken(_))));
}

#[test]
fn a_picture_that_would_fill_the_memory_is_refused_before_it_is_unpacked() {
    // 30,000 × 30,000 pixels of one colour pack into little.
    let bomb = {
        let head = [&30_000_u32.to_be_bytes()[..], &30_000_u32.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        for (kind, body) in
            [(b"IHDR", head.as_slice()), (b"IDAT", b"\x78\x9c\x03\0\0\0\0\x01"), (b"IEND", b"")]
        {
            bytes.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
            let named = [&kind[..], body].concat();
            bytes.extend(&named);
            bytes.extend(crc(&named).to_be_bytes());
        }
        bytes
    };
    let mut flat = jpeg(&halves(64, 64));
    let at = flat.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    flat[at + 5..at + 9].copy_from_slice(&[0x75, 0x30, 0x75, 0x30]);
    for bytes in [bomb, flat] {
        assert_eq!(prepare(&bytes), Err(BadPhoto::TooLarge { width: 30_000, height: 30_000 }));
    }
}

/// The check sum of PNG's chunks.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Whatever is damaged in a file, there is a photo or an error.
    #[test]
    fn damage_is_never_a_crash(
        kind in 0..3_usize,
        hits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        shortened: bool,
    ) {
        let small = halves(48, 32);
        let mut bytes = match kind {
            0 => held(&small, 6),
            1 => png(&small.into()),
            _ => {
                let mut bytes = Vec::new();
                DynamicImage::from(small).write_to(&mut Cursor::new(&mut bytes), ImageFormat::WebP).unwrap();
                bytes
            }
        };
        for (at, value) in hits {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if shortened {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(photo) = prepare(&bytes) {
            prop_assert!(photo.renditions.iter().all(|one| one.width <= LARGEST_SIDE && one.height <= LARGEST_SIDE));
        }
    }
}
