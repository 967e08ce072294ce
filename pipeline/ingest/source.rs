//! What ingest asks of anything that delivers listings.

use autobazaaar_domain::{Observation, Platform, RunId, Utc};

use autobazaaar_venues::file::Completeness;

/// A pass over a venue: a file, a saved page, a query's answer, a simulated market's day.
pub trait Source: Sync {
    /// What messages call it: a file's path.
    fn label(&self) -> String;

    /// How its rows were mapped, for quarantine: a mapping's name.
    fn mapping(&self) -> String;

    /// The platforms that its rows can be of.
    fn platforms(&self) -> Vec<String> {
        vec![self.scan().platform.to_string()]
    }

    /// What the pass is. Whether it showed everything may be known only once it was read.
    fn scan(&self) -> SourceScan;

    /// Whether its listings are told apart by line numbers alone, which mean others in another file.
    fn ids_are_line_numbers(&self) -> bool {
        false
    }

    /// Its rows, in order, as jobs that other threads work off. Reading happens in the
    /// iterator, mapping in the job; neither holds more than a batch in memory.
    ///
    /// # Errors
    /// When it cannot be read at all. A failure in the middle is an item of the iterator and
    /// ends it; what came before stands.
    fn jobs(&self, batch_rows: usize, run_id: &RunId) -> anyhow::Result<Jobs<'_>>;
}

/// A source's batches, in order.
pub type Jobs<'a> = Box<dyn Iterator<Item = anyhow::Result<Job<'a>>> + Send + 'a>;

/// What a source says of itself as a scan.
#[derive(Debug, Clone)]
pub struct SourceScan {
    pub platform: Platform,
    pub query: String,
    /// `None` where each row has a time of its own.
    pub observed_at: Option<Utc>,
    /// The rule that says whether it showed everything.
    pub complete: Completeness,
}

/// Work that turns a batch of raw rows into observations.
pub type Job<'a> = Box<dyn FnOnce() -> Mapped + Send + 'a>;

/// A batch after mapping.
#[derive(Default)]
pub struct Mapped {
    pub rows: Vec<Row>,
    pub refused: Vec<Refusal>,
}

/// A row that fits.
pub struct Row {
    pub observation: Observation,
    /// The seller's name where the source tells it; it goes no further than its keyed hash.
    pub seller_name: Option<String>,
}

/// A row that does not fit.
pub struct Refusal {
    /// Row in the source, from 0.
    pub row: u64,
    pub code: String,
    pub reason: String,
    pub raw: String,
}
