//! Cuts JSON arrays and JSONL into documents without parsing or holding the whole.

use super::batch::{Flat, RawBatch, Records};
use super::bytes::Bytes;
use super::error::SourceError;
use super::record::JsonPath;
use super::reject::Rejected;

/// A document holds at most this many fields of full length.
const DOCUMENT_PER_FIELD: usize = 16;
/// Deeper nesting is no listing.
const MOST_DEPTH: usize = 120;

/// Reads one JSON or JSONL file.
pub(super) struct JsonRecords {
    bytes: Bytes,
    lines: bool,
    most: usize,
    next_row: u64,
    done: bool,
    pending: Option<SourceError>,
}

/// Why the text stops making sense.
enum Stop {
    Io(std::io::Error),
    /// What stands there instead of what should.
    Syntax(String),
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

/// How reading one document ended.
enum Outcome {
    Document,
    TooLong,
    End,
}

impl JsonRecords {
    /// One document per line.
    pub(super) fn lines(bytes: Bytes, most_field: usize) -> Self {
        Self::new(bytes, true, most_field)
    }

    /// The documents of an array: the top itself, or the one at `path`.
    ///
    /// # Errors
    /// Where there is no array, or the file is empty.
    pub(super) fn array(
        bytes: Bytes,
        path: Option<&JsonPath>,
        most_field: usize,
    ) -> Result<Self, SourceError> {
        let mut records = Self::new(bytes, false, most_field);
        if records.peek().map_err(|cause| records.bytes.damaged(0, cause))?.is_none() {
            return Err(SourceError::Empty { path: records.bytes.path.clone() });
        }
        let parts = path.map_or(&[][..], JsonPath::parts);
        match records.enter(parts) {
            Ok(()) => Ok(records),
            Err(Stop::Io(cause)) => Err(records.bytes.damaged(0, cause)),
            Err(Stop::Syntax(found)) => Err(SourceError::WrongFormat {
                path: records.bytes.path.clone(),
                found,
                expected: match path {
                    Some(_) => format!("an array of listings at `{}`", parts.join(".")),
                    None => "an array of listings".into(),
                },
                mend: "set `array` under [format] to the path of the array, or `kind = \"jsonl\"`".into(),
            }),
        }
    }

    fn new(bytes: Bytes, lines: bool, most_field: usize) -> Self {
        Self { bytes, lines, most: most_field * DOCUMENT_PER_FIELD, next_row: 0, done: false, pending: None }
    }

    /// The next documents; `None` after the last. An error comes after all documents before it.
    pub(super) fn batch(&mut self, rows: usize) -> Option<Result<RawBatch, SourceError>> {
        if self.done {
            return self.pending.take().map(Err);
        }
        let mut flat = Flat::default();
        let (mut refused, mut numbers) = (Vec::new(), Vec::new());
        let first_row = self.next_row;
        while flat.records.len() + refused.len() < rows {
            let begin = flat.bytes.len();
            let outcome = if self.lines { self.line(&mut flat.bytes) } else { self.element(&mut flat.bytes) };
            match outcome {
                Ok(Outcome::Document) => {
                    flat.ends.push(flat.bytes.len());
                    flat.records.push(flat.ends.len());
                    if !refused.is_empty() {
                        numbers.push(self.next_row);
                    }
                }
                Ok(Outcome::TooLong) => {
                    flat.bytes.truncate(begin);
                    if refused.is_empty() {
                        numbers = (first_row..self.next_row).collect();
                    }
                    refused.push(self.too_long());
                }
                Ok(Outcome::End) => {
                    self.done = true;
                    break;
                }
                Err(stop) => {
                    flat.bytes.truncate(begin);
                    self.done = true;
                    let cause = match stop {
                        Stop::Io(cause) => cause.to_string(),
                        Stop::Syntax(found) => found,
                    };
                    self.pending = Some(self.bytes.damaged(self.next_row, cause));
                    break;
                }
            }
            self.next_row += 1;
        }
        if flat.records.is_empty() && refused.is_empty() {
            return self.pending.take().map(Err);
        }
        Some(Ok(RawBatch { first_row, records: Records::Documents(flat), refused, numbers }))
    }

    fn too_long(&self) -> Rejected {
        let most = self.most;
        Rejected {
            external_id: None,
            row: self.next_row,
            code: "field_too_long".into(),
            reason: format!(
                "the record is longer than {most} bytes; shorten it, or raise `max_field_bytes` under [format]"
            ),
            raw: String::new(),
        }
    }

    /// The next line that is not blank.
    fn line(&mut self, out: &mut Vec<u8>) -> Result<Outcome, Stop> {
        let begin = out.len();
        let mut too_long = false;
        loop {
            let input = self.bytes.fill()?;
            if input.is_empty() {
                return Ok(match out.len() > begin || too_long {
                    true if too_long => Outcome::TooLong,
                    true => Outcome::Document,
                    false => Outcome::End,
                });
            }
            let end = input.iter().position(|b| matches!(b, b'\n' | b'\r'));
            let piece = &input[..end.unwrap_or(input.len())];
            if out.len() - begin + piece.len() > self.most {
                too_long = true;
            }
            if !too_long {
                out.extend_from_slice(piece);
            }
            let used = piece.len() + usize::from(end.is_some());
            self.bytes.consume(used);
            if end.is_none() {
                continue;
            }
            if too_long {
                return Ok(Outcome::TooLong);
            }
            if !out[begin..].trim_ascii().is_empty() {
                return Ok(Outcome::Document);
            }
            out.truncate(begin);
        }
    }

    /// The array's next element.
    fn element(&mut self, out: &mut Vec<u8>) -> Result<Outcome, Stop> {
        loop {
            match self.peek()? {
                None => return Err(Stop::Syntax("the end of the file inside the array".into())),
                Some(b']') => return Ok(Outcome::End),
                Some(b',') => self.bytes.consume(1),
                // No value begins so: going on would stand still.
                Some(b'}') => return Err(Stop::Syntax("`}` where a record should begin".into())),
                Some(_) => break,
            }
        }
        let begin = out.len();
        let complete = self.value(Some(out), begin + self.most)?;
        Ok(if complete { Outcome::Document } else { Outcome::TooLong })
    }

    /// Goes to the first element of the array at `parts`.
    fn enter(&mut self, parts: &[String]) -> Result<(), Stop> {
        let Some((part, rest)) = parts.split_first() else {
            self.expect(b'[', "an array")?;
            return Ok(());
        };
        if let Ok(index) = part.parse::<usize>()
            && self.peek()? == Some(b'[')
        {
            self.bytes.consume(1);
            for _ in 0..index {
                self.value(None, 0)?;
                self.expect(b',', "another element")?;
            }
            return self.enter(rest);
        }
        self.expect(b'{', "an object")?;
        let mut seen = Vec::new();
        while self.peek()? == Some(b'"') {
            let mut key = Vec::new();
            self.value(Some(&mut key), 1024)?;
            let key: String = serde_json::from_slice(&key).unwrap_or_default();
            self.expect(b':', "a colon")?;
            if key == *part {
                return self.enter(rest);
            }
            self.value(None, 0)?;
            if seen.len() < 20 {
                seen.push(key);
            }
            if self.peek()? == Some(b',') {
                self.bytes.consume(1);
            }
        }
        Err(Stop::Syntax(format!("an object without `{part}` (it has {})", seen.join(", "))))
    }

    fn expect(&mut self, sign: u8, what: &str) -> Result<(), Stop> {
        match self.peek()? {
            Some(found) if found == sign => {
                self.bytes.consume(1);
                Ok(())
            }
            Some(b'{') => Err(Stop::Syntax("an object at the top".into())),
            Some(found) => Err(Stop::Syntax(format!("`{}` where {what} should begin", char::from(found)))),
            None => Err(Stop::Syntax(format!("the end of the file where {what} should begin"))),
        }
    }

    /// The next byte that is not blank, not taken.
    fn peek(&mut self) -> Result<Option<u8>, std::io::Error> {
        loop {
            let input = self.bytes.fill()?;
            if input.is_empty() {
                return Ok(None);
            }
            let blanks = input.iter().take_while(|b| b.is_ascii_whitespace()).count();
            let found = input.get(blanks).copied();
            self.bytes.consume(blanks);
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    /// Takes one value, whatever it is, by brackets and quotes alone; false where it was longer
    /// than `most` bytes and only its beginning was kept.
    fn value(&mut self, mut out: Option<&mut Vec<u8>>, most: usize) -> Result<bool, Stop> {
        self.peek()?;
        let mut shape = Shape::default();
        let mut complete = true;
        loop {
            let input = self.bytes.fill()?;
            if input.is_empty() {
                // A bare number may end with the file; the array it stands in is cut off anyway.
                return Err(Stop::Syntax("the end of the file inside a record".into()));
            }
            let (used, ended) = shape.take(input)?;
            if let Some(out) = out.as_deref_mut() {
                if out.len() + used > most {
                    complete = false;
                }
                if complete {
                    out.extend_from_slice(&input[..used]);
                }
            }
            self.bytes.consume(used);
            if ended {
                return Ok(complete);
            }
        }
    }
}

/// How far into a value the bytes seen so far are.
#[derive(Default)]
struct Shape {
    depth: usize,
    in_text: bool,
    escaped: bool,
    begun: bool,
}

impl Shape {
    /// Bytes of `input` that belong to the value, and whether it ends with them.
    fn take(&mut self, input: &[u8]) -> Result<(usize, bool), Stop> {
        for (at, byte) in input.iter().enumerate() {
            if self.in_text {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => {
                        self.in_text = false;
                        if self.depth == 0 {
                            return Ok((at + 1, true));
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_text = true,
                b'{' | b'[' => {
                    self.depth += 1;
                    if self.depth > MOST_DEPTH {
                        return Err(Stop::Syntax(format!("a record nested more than {MOST_DEPTH} deep")));
                    }
                }
                b'}' | b']' if self.depth == 0 => return Ok((at, true)),
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return Ok((at + 1, true));
                    }
                }
                b',' if self.depth == 0 => return Ok((at, true)),
                b if self.depth == 0 && self.begun && b.is_ascii_whitespace() => return Ok((at, true)),
                _ => {}
            }
            self.begun = true;
        }
        Ok((input.len(), false))
    }
}
