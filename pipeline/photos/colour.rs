//! Colours of other profiles than the web's: phones write photos in a wider one, which looks pale
//! where the profile is taken away.

use image::RgbImage;
use moxcms::{ColorProfile, Layout, TransformOptions};

/// Turns a picture's colours into sRGB. A profile that cannot be read changes nothing: the picture is
/// then shown as the web would.
pub fn to_srgb(pixels: &mut RgbImage, profile: &[u8]) {
    let Ok(from) = ColorProfile::new_from_slice(profile) else { return };
    let to = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let Ok(transform) = from.create_transform_8bit(Layout::Rgb, &to, Layout::Rgb, options) else { return };
    let mut row = vec![0; pixels.width() as usize * 3];
    let width = row.len();
    for line in pixels.as_flat_samples_mut().samples.chunks_exact_mut(width) {
        row.copy_from_slice(line);
        if transform.transform(&row, line).is_err() {
            line.copy_from_slice(&row);
        }
    }
}
