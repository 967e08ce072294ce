//! A file's bytes: decompressed by their magic, decoded to UTF-8, counted.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::SourceError;

/// Bytes looked at to tell what a file is.
const HEAD: usize = 4096;
const BUFFER: usize = 128 * 1024;

/// Decompressed, decoded bytes with the position in the file itself.
pub(super) struct Bytes {
    pub(super) path: PathBuf,
    reader: Box<dyn BufRead + Send>,
    position: Arc<AtomicU64>,
}

impl Bytes {
    /// Opens a text file. `encoding` is a WHATWG label, checked with the mapping.
    ///
    /// # Errors
    /// Where the file cannot be opened or is not text in that encoding.
    pub(super) fn open(path: &Path, encoding: Option<&str>) -> Result<Self, SourceError> {
        let io = |cause: io::Error| SourceError::Io { path: path.to_owned(), cause: cause.to_string() };
        let position = Arc::new(AtomicU64::new(0));
        let file = Counted { inner: File::open(path).map_err(io)?, position: Arc::clone(&position) };
        let raw = Headed::new(BufReader::with_capacity(BUFFER, file));
        let plain = decompress(raw).map_err(io)?;
        refuse_binary(path, &plain.head)?;
        let reader = decode(path, plain, encoding)?;
        Ok(Self { path: path.to_owned(), reader, position })
    }

    pub(super) fn fill(&mut self) -> io::Result<&[u8]> {
        loop {
            match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Asked twice because a borrow cannot leave the loop.
                Ok(_) => return self.reader.fill_buf(),
                Err(error) => return Err(error),
            }
        }
    }

    pub(super) fn consume(&mut self, bytes: usize) {
        self.reader.consume(bytes);
    }

    /// The end came too early, or the decompressor gave up.
    pub(super) fn damaged(&self, records: u64, cause: impl ToString) -> SourceError {
        let bytes = self.position.load(Ordering::Relaxed);
        SourceError::Damaged { path: self.path.clone(), records, bytes, cause: cause.to_string() }
    }
}

struct Counted {
    inner: File,
    position: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.position.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// A reader whose first bytes were looked at; an error met while looking comes after them.
struct Headed {
    head: Vec<u8>,
    rest: Box<dyn Read + Send>,
    error: Option<io::Error>,
}

impl Headed {
    fn new(mut rest: impl Read + Send + 'static) -> Self {
        let (mut head, mut error) = (Vec::with_capacity(HEAD), None);
        let mut buffer = [0; HEAD];
        while head.len() < HEAD {
            match rest.read(&mut buffer[..HEAD - head.len()]) {
                Ok(0) => break,
                Ok(read) => head.extend_from_slice(&buffer[..read]),
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                Err(cause) => {
                    error = Some(cause);
                    break;
                }
            }
        }
        Self { head, rest: Box::new(rest), error }
    }

    fn without(mut self, mark: usize) -> Self {
        self.head.drain(..mark);
        self
    }

    fn into_reader(self) -> impl Read + Send {
        Cursor::new(self.head).chain(Delayed(self.error)).chain(self.rest)
    }
}

/// Gives its error once.
struct Delayed(Option<io::Error>);

impl Read for Delayed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

fn decompress(raw: Headed) -> io::Result<Headed> {
    if raw.head.starts_with(&[0x1f, 0x8b]) {
        return Ok(Headed::new(flate2::read::MultiGzDecoder::new(raw.into_reader())));
    }
    if raw.head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return Ok(Headed::new(zstd::stream::read::Decoder::new(raw.into_reader())?));
    }
    Ok(raw)
}

/// Whether the file begins as a Parquet file does.
pub(super) fn is_parquet(path: &Path) -> io::Result<bool> {
    let mut magic = Vec::new();
    File::open(path)?.take(4).read_to_end(&mut magic)?;
    Ok(magic == b"PAR1")
}

/// The first bytes of a text file, to tell JSON from CSV.
pub(super) fn first_sign(path: &Path, encoding: Option<&str>) -> Result<Option<u8>, SourceError> {
    let mut bytes = Bytes::open(path, encoding)?;
    let damaged = |bytes: &Bytes, cause: io::Error| bytes.damaged(0, cause);
    let head = match bytes.fill() {
        Ok(head) => head.iter().copied().find(|b| !b.is_ascii_whitespace()),
        Err(cause) => return Err(damaged(&bytes, cause)),
    };
    Ok(head)
}

fn refuse_binary(path: &Path, head: &[u8]) -> Result<(), SourceError> {
    let magics: [(&[u8], &str); 6] = [
        (b"PK\x03\x04", "a zip archive (perhaps an Excel or Apple Numbers document)"),
        (b"%PDF", "a PDF document"),
        (b"SQLite format 3", "an SQLite database"),
        (b"BZh", "bzip2"),
        (b"\xfd7zXZ", "xz"),
        (b"\xd0\xcf\x11\xe0", "an old Office document"),
    ];
    let Some((_, found)) = magics.iter().find(|(magic, _)| head.starts_with(magic)) else { return Ok(()) };
    Err(SourceError::WrongFormat {
        path: path.to_owned(),
        found: (*found).to_owned(),
        expected: "text, gzip or zstd".to_owned(),
        mend: "export or unpack it first".to_owned(),
    })
}

fn decode(path: &Path, plain: Headed, label: Option<&str>) -> Result<Box<dyn BufRead + Send>, SourceError> {
    let utf16 = match plain.head.as_slice() {
        [0xff, 0xfe, ..] => Some("utf-16le"),
        [0xfe, 0xff, ..] => Some("utf-16be"),
        _ => None,
    };
    let declared = encoding(label).unwrap_or(encoding_rs::UTF_8);
    let wrong = |found: String, mend: String| SourceError::WrongFormat {
        path: path.to_owned(),
        found,
        expected: format!("{} text", declared.name()),
        mend,
    };
    if declared == encoding_rs::UTF_8 {
        if let Some(found) = utf16 {
            return Err(wrong(
                format!("a {found} byte order mark"),
                format!("set `encoding = \"{found}\"` under [format]"),
            ));
        }
        if plain.head.contains(&0) {
            let mend = "declare `encoding` under [format] if it is UTF-16, or export it as text";
            return Err(wrong("NUL bytes".into(), mend.into()));
        }
        let mark = if plain.head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        return Ok(Box::new(BufReader::with_capacity(BUFFER, plain.without(mark).into_reader())));
    }
    let decoded = Decoded {
        inner: plain.into_reader(),
        decoder: declared.new_decoder_with_bom_removal(),
        input: Vec::new(),
        end: false,
        finished: false,
    };
    Ok(Box::new(BufReader::with_capacity(BUFFER, decoded)))
}

/// The encoding of a label; `None` where there is no such.
pub(super) fn encoding(label: Option<&str>) -> Option<&'static encoding_rs::Encoding> {
    encoding_rs::Encoding::for_label_no_replacement(label?.as_bytes())
}

/// Any declared encoding to UTF-8. What is malformed becomes U+FFFD.
struct Decoded<R> {
    inner: R,
    decoder: encoding_rs::Decoder,
    input: Vec<u8>,
    /// Nothing more to read.
    end: bool,
    /// Nothing more to decode: the decoder must not be asked again.
    finished: bool,
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // The decoder needs room for one character.
        if out.len() < 8 {
            return Err(io::Error::other("buffer too small to decode into"));
        }
        while !self.finished {
            if self.input.len() < BUFFER / 4 && !self.end {
                let from = self.input.len();
                self.input.resize(from + BUFFER / 2, 0);
                let read = self.inner.read(&mut self.input[from..]);
                self.input.truncate(from + *read.as_ref().unwrap_or(&0));
                self.end = read? == 0;
            }
            let (result, read, written, _) = self.decoder.decode_to_utf8(&self.input, out, self.end);
            self.input.drain(..read);
            self.finished = self.end && result == encoding_rs::CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}
