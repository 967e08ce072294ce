//! A file that is open only while it is written to.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

/// Bytes gathered before they are written.
const GATHERED: usize = 1 << 18;

/// Appends to a file. Hundreds of partitions grow side by side, and a process may hold only so
/// many files open: between writes there is neither a handle nor a buffer.
pub(crate) struct Appender {
    path: PathBuf,
    gathered: Vec<u8>,
}

impl Appender {
    /// Makes the file, empty.
    pub fn create(path: PathBuf) -> io::Result<Self> {
        File::create(&path)?;
        Ok(Self { path, gathered: Vec::new() })
    }
}

impl Write for Appender {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= GATHERED {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let gathered = std::mem::take(&mut self.gathered);
        if gathered.is_empty() {
            return Ok(());
        }
        File::options().append(true).open(&self.path)?.write_all(&gathered)
    }
}
