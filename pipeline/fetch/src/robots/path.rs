//! Paths and patterns, octet by octet.

/// A path pattern: `*` is any octets, `$` at the end is the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    /// What stands between the stars, normal.
    parts: Vec<Vec<u8>>,
    anchored: bool,
    len: usize,
}

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        let (body, anchored) = match text.strip_suffix('$') {
            Some(body) => (body, true),
            None => (text, false),
        };
        let parts: Vec<Vec<u8>> = body.split('*').map(normal).collect();
        // The stars and the anchor count as they are written.
        let len = parts.iter().map(Vec::len).sum::<usize>() + parts.len() - 1 + usize::from(anchored);
        Self { parts, anchored, len }
    }

    /// Octets of the pattern: how specific it is.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Whether a normal path begins with the pattern. An empty pattern fits nothing.
    ///
    /// Each part is looked for once from where the former ended: the leftmost place is always right
    /// but for the last part of an anchored pattern, which must be at the end.
    pub(super) fn fits(&self, path: &[u8]) -> bool {
        let [first, middle @ ..] = self.parts.as_slice() else { return false };
        if self.len == 0 || !path.starts_with(first) {
            return false;
        }
        let mut rest = &path[first.len()..];
        let Some((last, middle)) = middle.split_last() else { return !self.anchored || rest.is_empty() };
        for part in middle {
            match find(rest, part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        if self.anchored { rest.ends_with(last) } else { find(rest, last).is_some() }
    }
}

/// A path, or a part of a pattern between its stars, with its octets written in one way: what needs no
/// encoding is decoded, everything else encoded in capitals. `*` and `$` are encoded, for patterns give
/// them a meaning.
pub(super) fn normal(path: &str) -> Vec<u8> {
    let bytes = path.as_bytes();
    let mut normal = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match decoded(&bytes[at..]) {
            Some(octet) if is_unreserved(octet) => {
                normal.push(octet);
                at += 3;
            }
            Some(octet) => {
                push_encoded(&mut normal, octet);
                at += 3;
            }
            None => {
                if byte.is_ascii_graphic() && !matches!(byte, b'*' | b'$') {
                    normal.push(byte);
                } else {
                    push_encoded(&mut normal, byte);
                }
                at += 1;
            }
        }
    }
    normal
}

fn decoded(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = bytes else { return None };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// RFC 3986, section 2.3.
fn is_unreserved(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~')
}

fn push_encoded(to: &mut Vec<u8>, octet: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    to.extend([b'%', DIGITS[usize::from(octet >> 4)], DIGITS[usize::from(octet & 15)]]);
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return Some(0);
    }
    text.windows(part.len()).position(|window| window == part)
}
