//! The owner's photos, made ready for venues: read, turned upright, scaled, written anew. Bytes in,
//! bytes out.
//!
//! **Invariant:** of a file nothing is passed on but pixels: no place, no time, no camera.
//! **Invariant:** no more memory is taken than [`MOST_DECODED_BYTES`] and what a copy of
//! [`LARGEST_SIDE`] needs, whatever a file claims.

mod colour;

use std::io::Cursor;

use autobazaaar_domain::inventory::ImageSize;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage};

/// Longest file that is read, bytes.
pub const MOST_BYTES: u64 = 64 << 20;
/// Memory that a decoded picture may take, bytes: 89 million pixels of three colours.
pub const MOST_DECODED_BYTES: u64 = 256 << 20;
/// Longest side of a picture that is read, pixels.
const LONGEST_SIDE: u32 = 20_000;
/// Longer side of the largest picture made, pixels: what venues show at most.
pub const LARGEST_SIDE: u32 = 1_600;
/// Below this longer side venues refuse or blur a picture, pixels.
pub const LEAST_SIDE: u32 = 500;
/// JPEG quality of 100: beyond it files grow and pictures do not get better.
const QUALITY: u8 = 85;

/// A photo in the sizes that are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// Pixels of the file, upright.
    pub width: u32,
    /// Pixels of the file, upright.
    pub height: u32,
    /// Large, medium, thumbnail. None is larger than the file was.
    pub renditions: Vec<Rendition>,
}

/// One size of a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    pub size: ImageSize,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// A JPEG without any metadata.
    pub jpeg: Vec<u8>,
}

/// Why a file is no photo that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPhoto {
    #[error("it is no picture: expected JPEG, PNG or WebP")]
    NotAPicture,
    #[error("it is a {0}, which is not read: save it as JPEG, PNG or WebP")]
    OtherFormat(&'static str),
    #[error(
        "it claims {width} × {height} pixels, and at most {LONGEST_SIDE} on a side and {} MB are read: scale it down",
        MOST_DECODED_BYTES >> 20
    )]
    TooLarge { width: u32, height: u32 },
    #[error("it cannot be read to its end ({0}): copy it from the camera again")]
    Broken(String),
}

impl Photo {
    /// Whether venues may find it too small.
    #[must_use]
    pub fn is_small(&self) -> bool {
        self.width.max(self.height) < LEAST_SIDE
    }
}

/// Makes a file's bytes ready.
///
/// # Errors
/// It is no picture, too large, or broken.
pub fn prepare(bytes: &[u8]) -> Result<Photo, BadPhoto> {
    let upright = decode(bytes)?;
    let (width, height) = upright.dimensions();
    let large = within(&upright, LARGEST_SIDE);
    drop(upright);
    let renditions =
        [(ImageSize::Large, LARGEST_SIDE), (ImageSize::Medium, 800), (ImageSize::Thumbnail, 200)];
    let renditions = renditions.into_iter().map(|(size, side)| rendition(size, &within(&large, side)));
    Ok(Photo { width, height, renditions: renditions.collect::<Result<_, _>>()? })
}

/// The pixels as they are meant: upright, in the colours of the web, on white where they let through.
fn decode(bytes: &[u8]) -> Result<RgbImage, BadPhoto> {
    let format = image::guess_format(bytes).map_err(|_| unknown(bytes))?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(unknown(bytes));
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MOST_DECODED_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    let too_long = width.max(height) > LONGEST_SIDE || width == 0 || height == 0;
    if too_long || decoder.total_bytes() > MOST_DECODED_BYTES {
        return Err(BadPhoto::TooLarge { width, height });
    }
    // What cannot be read of them is not needed to see the picture.
    let orientation = decoder.orientation().ok();
    let profile = decoder.icc_profile().ok().flatten();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    let mut pixels = on_white(picture);
    if let Some(profile) = profile {
        colour::to_srgb(&mut pixels, &profile);
    }
    Ok(pixels)
}

/// Three colours a pixel; what lets through is laid on white, as venues would on any ground.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let rgba = picture.into_rgba8();
    let (width, height) = rgba.dimensions();
    RgbImage::from_fn(width, height, |x, y| {
        let [red, green, blue, alpha] = rgba.get_pixel(x, y).0;
        let mixed = |colour: u8| {
            let (colour, alpha) = (u32::from(colour), u32::from(alpha));
            ((colour * alpha + 255 * (255 - alpha) + 127) / 255) as u8
        };
        image::Rgb([mixed(red), mixed(green), mixed(blue)])
    })
}

/// Scaled down so that no side is longer; never up.
fn within(picture: &RgbImage, side: u32) -> RgbImage {
    let (width, height) = picture.dimensions();
    let longer = width.max(height);
    if longer <= side {
        return picture.clone();
    }
    let scaled = |length: u32, to: u32| {
        let exact = u64::from(length) * u64::from(to) / u64::from(longer);
        u32::try_from(exact).unwrap_or(to).max(1)
    };
    // The fine filter takes memory for each pixel it reads; what is far larger is averaged first.
    if longer > 4 * side {
        let half = 2 * side;
        let averaged = image::imageops::thumbnail(picture, scaled(width, half), scaled(height, half));
        return within(&averaged, side);
    }
    image::imageops::resize(picture, scaled(width, side), scaled(height, side), FilterType::Lanczos3)
}

fn rendition(size: ImageSize, picture: &RgbImage) -> Result<Rendition, BadPhoto> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(picture).map_err(broken)?;
    Ok(Rendition { size, width: picture.width(), height: picture.height(), jpeg })
}

fn broken(error: ImageError) -> BadPhoto {
    BadPhoto::Broken(error.to_string())
}

/// Names what phones make and this does not read.
fn unknown(bytes: &[u8]) -> BadPhoto {
    let brand = bytes.get(4..12).unwrap_or_default();
    match brand {
        b"ftypheic" | b"ftypheix" | b"ftypmif1" | b"ftyphevc" => BadPhoto::OtherFormat("HEIC photo"),
        b"ftypavif" => BadPhoto::OtherFormat("AVIF picture"),
        _ if bytes.starts_with(b"GIF8") => BadPhoto::OtherFormat("GIF"),
        _ if bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*") => {
            BadPhoto::OtherFormat("TIFF or raw photo")
        }
        _ => BadPhoto::NotAPicture,
    }
}

#[cfg(test)]
mod tests;
