//! Hashes over several fields, without ambiguity between them.

/// Builds a 128-bit hash field by field. Every field is written with its length (or as absent),
/// so that `("ab", "c")` and `("a", "bc")`, or a missing field and an empty one, differ. The fields
/// are gathered and hashed at once: dozens of short updates would cost more than the hash.
pub struct FieldHasher(Vec<u8>);

impl FieldHasher {
    /// Starts a hash for one purpose; hashes of different purposes never meet.
    #[must_use]
    pub fn new(purpose: &str) -> Self {
        let mut hasher = Self(Vec::with_capacity(512));
        hasher.text(purpose);
        hasher
    }

    /// Adds a field that is there.
    pub fn text(&mut self, value: &str) -> &mut Self {
        self.bytes(value.as_bytes())
    }

    /// Adds a field that may be missing.
    pub fn optional(&mut self, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.bytes(value.as_bytes()),
            None => {
                self.0.push(0xff);
                self
            }
        }
    }

    /// Adds a number that may be missing.
    pub fn number(&mut self, value: Option<i64>) -> &mut Self {
        match value {
            Some(value) => self.bytes(&value.to_le_bytes()),
            None => self.optional(None),
        }
    }

    /// Adds raw bytes.
    pub fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.0.push(0);
        self.0.extend_from_slice(&(value.len() as u64).to_le_bytes());
        self.0.extend_from_slice(value);
        self
    }

    /// The first 128 bits of the hash.
    #[must_use]
    pub fn finish(&self) -> [u8; 16] {
        let mut short = [0; 16];
        short.copy_from_slice(&blake3::hash(&self.0).as_bytes()[..16]);
        short
    }
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Reads what [`hex`] wrote; `None` when it is not 16 bytes of hexadecimal.
#[must_use]
pub fn unhex16(text: &str) -> Option<[u8; 16]> {
    if text.len() != 32 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; 16];
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[i * 2..i * 2 + 2], 16).ok()?;
    }
    Some(bytes)
}
