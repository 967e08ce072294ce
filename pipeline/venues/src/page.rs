//! What a saved page or an API's answer holds.

use autobazaaar_domain::{Currency, Observation, RunId, Utc};

use crate::draft::Draft;
use crate::file::Rejected;
use crate::html::Document;
use crate::json;
use crate::venue::Venue;

/// Largest page that is read; the largest seen is 3 MB.
pub const MOST_PAGE_BYTES: usize = 64 << 20;

/// What is known of a page from elsewhere.
#[derive(Debug, Clone)]
pub struct ReadContext<'a> {
    /// The run that reads it.
    pub run_id: &'a RunId,
    /// When it was fetched or saved.
    pub observed_at: Utc,
    /// Its name in messages and in `raw_ref`: a file's name or a request's URL.
    pub label: &'a str,
    /// Currency of listings that do not say it; the venue's own where absent.
    pub currency: Option<Currency>,
}

/// How a page turned out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageKind {
    /// A list of listings.
    Results,
    /// One listing with its details.
    Listing,
    /// The venue says that nothing was found.
    NoResults,
    /// A login wall, captcha, interruption or refusal in the place of the page.
    Blocked,
    /// Of the venue, but nothing could be taken where something should be: its markup changed.
    Unreadable,
}

impl PageKind {
    /// The one spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Results => "results",
            Self::Listing => "listing",
            Self::NoResults => "no_results",
            Self::Blocked => "blocked",
            Self::Unreadable => "unreadable",
        }
    }
}

/// One listing of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenListing {
    /// What the page shows of it.
    pub observation: Observation,
    /// The seller's name or id at the venue, to be hashed and dropped.
    pub seller_name: Option<String>,
}

/// A page read.
#[derive(Debug, Clone)]
pub struct Page {
    /// The marketplace, known by the content.
    pub venue: Venue,
    /// How it turned out.
    pub kind: PageKind,
    /// In the order of the page, each id once.
    pub listings: Vec<SeenListing>,
    /// Rows that are listings but cannot be read exactly, for quarantine.
    pub rejected: Vec<Rejected>,
    /// Where the next page is, where this one says so: a URL or a cursor.
    pub next: Option<String>,
    /// How many listings the venue says there are in all.
    pub total: Option<u64>,
    /// What was searched for, where the page says so.
    pub query: Option<String>,
    /// Why it is blocked or unreadable, and the mend.
    pub reason: Option<String>,
}

/// Why bytes are no page of a marketplace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// Nothing in it.
    #[error("the file is empty; save the page again")]
    Empty,
    /// Over the bound.
    #[error("the file has {0} bytes, more than the {MOST_PAGE_BYTES} that a page may have")]
    TooLarge(usize),
    /// Of no marketplace that is known.
    #[error(
        "this is no page or API answer of eBay, Craigslist, Facebook Marketplace, Mercari or OfferUp; \
         a table of listings needs a mapping"
    )]
    Unknown,
    /// JSON that breaks off or is damaged.
    #[error("the JSON cannot be read: {0}; save the answer again, whole")]
    Json(String),
}

/// Reads a page or an API's answer. The venue is told by what it holds, not by its name.
///
/// # Errors
/// When it is of no known marketplace. A page that is blocked or changed is no error but a
/// [`PageKind`].
pub fn read(bytes: &[u8], context: &ReadContext<'_>) -> Result<Page, PageError> {
    if bytes.len() > MOST_PAGE_BYTES {
        return Err(PageError::TooLarge(bytes.len()));
    }
    let text = text_of(bytes);
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(PageError::Empty);
    }
    let outcome = if text.starts_with(['{', '[']) || text.starts_with("for (;;);") {
        read_json(text.trim_start_matches("for (;;);"))?
    } else {
        read_html(text)?
    };
    Ok(outcome.finish(context))
}

fn read_json(text: &str) -> Result<Parsed, PageError> {
    let value = match json::parse(text) {
        Ok(value) => value,
        // Facebook streams several documents, one a line.
        Err(error) => json::lines(text).ok_or(PageError::Json(error.to_string()))?,
    };
    Venue::ALL.iter().find_map(|venue| venue.parse_json(&value)).ok_or(PageError::Unknown)
}

fn read_html(text: &str) -> Result<Parsed, PageError> {
    let document = Document::parse(text);
    match Venue::of_page(text) {
        Some(venue) => Ok(venue.parse_html(&document)),
        None => wall(text, &document).ok_or(PageError::Unknown),
    }
}

/// Titles of pages that stand in the place of another until a check is passed.
const WALLS: [&str; 8] = [
    "just a moment",
    "attention required",
    "access denied",
    "access to this page",
    "pardon our interruption",
    "security check",
    "are you a robot",
    "captcha",
];

/// A page in the place of a venue's, which may name the venue but once.
fn wall(text: &str, document: &Document) -> Option<Parsed> {
    let title = document.title().unwrap_or_default().to_lowercase();
    if !WALLS.iter().any(|wall| title.contains(wall)) {
        return None;
    }
    let venue = Venue::only_one_named(text)?;
    let page = venue.parse_html(document);
    let blocked = page.kind == PageKind::Blocked;
    Some(if blocked { page } else { Parsed::blocked(venue, "the venue checks the browser") })
}

/// UTF-8, or Windows-1252 where it is none, or UTF-16 with its mark.
fn text_of(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => std::borrow::Cow::Borrowed(text),
        // A page that breaks off inside a character, or holds one bad byte, is still UTF-8.
        Err(_) if encoding_rs::Encoding::for_bom(bytes).is_some() => encoding_rs::UTF_8.decode(bytes).0,
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// What a parser found, before the context makes observations of it.
pub(crate) struct Parsed {
    pub venue: Venue,
    pub kind: PageKind,
    pub listings: Vec<Result<Draft, Misread>>,
    pub next: Option<String>,
    pub total: Option<u64>,
    pub query: Option<String>,
    pub reason: Option<String>,
}

/// A row that is a listing but cannot be read exactly.
#[derive(Debug)]
pub(crate) struct Misread {
    pub code: &'static str,
    pub reason: String,
    /// What was found.
    pub raw: String,
}

impl Parsed {
    pub(crate) fn new(venue: Venue, kind: PageKind) -> Self {
        Self { venue, kind, listings: Vec::new(), next: None, total: None, query: None, reason: None }
    }

    /// Rows of a results page: unreadable where there are none, or where most cannot be read.
    pub(crate) fn results(venue: Venue, listings: Vec<Result<Draft, Misread>>) -> Self {
        let misread = listings.iter().filter(|row| row.is_err()).count();
        if misread * 2 > listings.len() || listings.is_empty() {
            let first = listings.into_iter().find_map(Result::err).map(|row| format!(" ({})", row.reason));
            let why = format!("listings should be here, but cannot be read{}", first.unwrap_or_default());
            return Self::unreadable(venue, &why);
        }
        Self { listings, ..Self::new(venue, PageKind::Results) }
    }

    /// One page of the answers that a page holds: the first that can be read says what it is, and a list
    /// goes on in those that are lists, too.
    pub(crate) fn joined(answers: impl Iterator<Item = Self>) -> Option<Self> {
        let mut answers = answers.filter(|page| page.kind != PageKind::Unreadable);
        let mut whole = answers.next()?;
        if whole.kind == PageKind::Results {
            for more in answers.filter(|page| page.kind == PageKind::Results) {
                whole.listings.extend(more.listings);
                whole.next = more.next;
            }
        }
        Some(whole)
    }

    pub(crate) fn no_results(venue: Venue) -> Self {
        Self { total: Some(0), ..Self::new(venue, PageKind::NoResults) }
    }

    pub(crate) fn blocked(venue: Venue, why: &str) -> Self {
        let reason = format!("{why}; open the page in a browser, pass the check, and save it again");
        Self { reason: Some(reason), ..Self::new(venue, PageKind::Blocked) }
    }

    pub(crate) fn unreadable(venue: Venue, why: &str) -> Self {
        let reason = format!(
            "{why}; the page may be saved incompletely (save it whole, after it has loaded), or {venue} changed its layout"
        );
        Self { reason: Some(reason), ..Self::new(venue, PageKind::Unreadable) }
    }

    fn finish(self, context: &ReadContext<'_>) -> Page {
        let mut page = Page {
            venue: self.venue,
            kind: self.kind,
            listings: Vec::with_capacity(self.listings.len()),
            rejected: Vec::new(),
            next: self.next,
            total: self.total,
            query: self.query,
            reason: self.reason,
        };
        let mut seen = std::collections::HashSet::new();
        for (row, listing) in self.listings.into_iter().enumerate() {
            match listing {
                Ok(draft) if !seen.insert(draft.id.clone()) => {}
                Ok(draft) => page.listings.push(draft.finish(self.venue, row, context)),
                Err(misread) => page.rejected.push(Rejected {
                    row: row as u64,
                    external_id: None,
                    code: misread.code.to_owned(),
                    reason: misread.reason,
                    raw: crate::file::mask(&misread.raw).chars().take(4_096).collect(),
                }),
            }
        }
        page
    }
}
