//! Finds files, tells their format and fits the mapping to each.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use autobazaaar_domain::{RunId, Utc};

use super::batch::RawBatch;
use super::bytes::{self, Bytes};
use super::csv_records::CsvRecords;
use super::error::SourceError;
use super::json_records::JsonRecords;
use super::map::{MappedBatch, Mapper};
use super::mapping::{IdScope, Kind, Mapping};
use super::parquet_records::{self, ParquetRecords};
use super::plan::{Id, Names, Plan};
use super::record::JsonPath;
use super::scan::{self, ScanInfo};

/// What the caller knows beside the mapping.
#[derive(Debug, Clone, Default)]
pub struct SourceOptions {
    /// When the files were observed, where neither a column nor the file's name says.
    pub observed_at: Option<Utc>,
    /// For file names without a year; over the mapping's.
    pub year: Option<i32>,
    /// The listings are to be valued: the price column may be missing, and what a value does not
    /// stand on (prices, dates, counts) is left out where it cannot be read.
    pub to_be_valued: bool,
}

/// One file of a source, its header read and the mapping fitted to it.
pub struct SourceFile {
    /// As given or found.
    pub path: PathBuf,
    /// The pass over the venue that it is.
    pub scan: ScanInfo,
    mapping: Arc<Mapping>,
    name: String,
    /// For records without a time of their own.
    observed_at: Utc,
    to_be_valued: bool,
    /// A file that cannot be read says so when its records are asked for: the others go on.
    shape: Result<Shape, SourceError>,
}

struct Shape {
    kind: Kind,
    header: Vec<String>,
    plan: Plan,
}

/// Opens every file that the patterns name, sorted by observation time, then name. A pattern is a
/// path or a glob.
///
/// # Errors
/// Where a pattern matches nothing, an observation time is not known, or several files would take
/// their ids from line numbers. A file that cannot be read errs in [`SourceFile::batches`].
pub fn open<S: AsRef<str>>(
    patterns: &[S],
    mapping: Arc<Mapping>,
    options: &SourceOptions,
) -> Result<Vec<SourceFile>, SourceError> {
    let mut paths = BTreeSet::new();
    for pattern in patterns {
        paths.extend(find(pattern.as_ref())?);
    }
    let opened = paths.into_iter().map(|path| SourceFile::open(path, &mapping, options));
    let mut files = opened.collect::<Result<Vec<_>, _>>()?;
    refuse_colliding_ids(&files)?;
    files.sort_by(|a, b| (a.observed_at, &a.path).cmp(&(b.observed_at, &b.path)));
    Ok(files)
}

fn find(pattern: &str) -> Result<Vec<PathBuf>, SourceError> {
    let none = |hint: &str| SourceError::NoMatch { pattern: pattern.to_owned(), hint: hint.to_owned() };
    let path = Path::new(pattern);
    if path.is_dir() {
        return Err(none("; it is a folder: name its files, for example with `/*.csv` behind it"));
    }
    // A name may hold the signs of a pattern.
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let found = glob::glob(pattern).map_err(|error| none(&format!("; it is not a pattern: {error}")))?;
    let files: Vec<PathBuf> = found.filter_map(Result::ok).filter(|path| path.is_file()).collect();
    if files.is_empty() { Err(none("; check the path, and quote the pattern in a shell")) } else { Ok(files) }
}

fn refuse_colliding_ids(files: &[SourceFile]) -> Result<(), SourceError> {
    let by_line: Vec<&SourceFile> = files.iter().filter(|file| file.ids_are_line_numbers()).collect();
    match by_line.as_slice() {
        [first, second, ..] => Err(SourceError::LineIds {
            files: by_line.len(),
            first: first.path.display().to_string(),
            second: second.path.display().to_string(),
        }),
        _ => Ok(()),
    }
}

impl SourceFile {
    fn open(path: PathBuf, mapping: &Arc<Mapping>, options: &SourceOptions) -> Result<Self, SourceError> {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let shape = Shape::of(&path, &name, mapping, options);
        let observed_at = time_of(&path, &name, mapping, options)?;
        let own_times = shape.as_ref().is_ok_and(|shape| shape.plan.observed_at.is_some());
        let scan = scan::describe(mapping, &name, (!own_times).then_some(observed_at));
        let (mapping, to_be_valued) = (Arc::clone(mapping), options.to_be_valued);
        Ok(Self { path, scan, mapping, name, observed_at, to_be_valued, shape })
    }

    /// Whether listings are told apart by line numbers alone: another file read into the same
    /// platform would collide.
    #[must_use]
    pub fn ids_are_line_numbers(&self) -> bool {
        self.shape.as_ref().is_ok_and(|shape| matches!(shape.plan.id, Id::Line(IdScope::Source)))
    }

    /// Cuts the file into batches of raw records, in order, holding one batch at a time. An error
    /// ends the file and comes after all records read before it.
    ///
    /// # Errors
    /// Where the file cannot be read at all, does not fit the mapping, or is empty (a warning, see
    /// [`SourceError::is_warning`]).
    pub fn batches(
        &self,
        rows_per_batch: usize,
    ) -> Result<impl Iterator<Item = Result<RawBatch, SourceError>> + Send + use<>, SourceError> {
        let shape = self.shape.as_ref().map_err(Clone::clone)?;
        let rows = rows_per_batch.max(1);
        let mut reader = Reader::open(&self.path, shape.kind, &self.mapping, rows)?;
        let mut first = true;
        let path = self.path.clone();
        Ok(std::iter::from_fn(move || {
            let batch = reader.batch(rows);
            let empty = std::mem::take(&mut first) && batch.is_none();
            if empty { Some(Err(SourceError::Empty { path: path.clone() })) } else { batch }
        }))
    }

    /// Turns raw records of this file into observations. Pure; call it on as many threads as there
    /// are batches.
    #[must_use]
    pub fn map(&self, batch: RawBatch, run_id: &RunId) -> MappedBatch {
        // A batch can only come from a file whose shape is known.
        let Ok(shape) = &self.shape else { return MappedBatch::default() };
        let mapper = Mapper {
            mapping: &self.mapping,
            plan: &shape.plan,
            header: &shape.header,
            file_name: &self.name,
            observed_at: self.observed_at,
            to_be_valued: self.to_be_valued,
            run_id,
        };
        mapper.map(batch)
    }
}

impl Shape {
    fn of(path: &Path, name: &str, mapping: &Mapping, options: &SourceOptions) -> Result<Self, SourceError> {
        let kind = kind_of(path, name, mapping)?;
        let header = match kind {
            Kind::Csv | Kind::Tsv => csv(path, kind, mapping)?.header()?,
            Kind::Parquet => parquet_records::columns(path)?,
            Kind::Json | Kind::Jsonl => Vec::new(),
        };
        let names = match kind {
            Kind::Json | Kind::Jsonl => Names::Any,
            _ => Names::Header(&header),
        };
        let plan =
            Plan::fit(mapping, names, options.to_be_valued).map_err(|error| error.at(path, &header))?;
        Ok(Self { kind, header, plan })
    }
}

/// Declared, else told by content and name.
fn kind_of(path: &Path, name: &str, mapping: &Mapping) -> Result<Kind, SourceError> {
    if let Some(kind) = mapping.spec.format.kind {
        return Ok(kind);
    }
    let io = |cause: std::io::Error| SourceError::Io { path: path.to_owned(), cause: cause.to_string() };
    if bytes::is_parquet(path).map_err(io)? {
        return Ok(Kind::Parquet);
    }
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    Ok(match name.rsplit('.').next() {
        Some("csv") => Kind::Csv,
        Some("tsv") => Kind::Tsv,
        Some("json") => Kind::Json,
        Some("jsonl" | "ndjson") => Kind::Jsonl,
        Some("parquet") => Kind::Parquet,
        _ => match bytes::first_sign(path, mapping.spec.format.encoding.as_deref())? {
            Some(b'[') => Kind::Json,
            Some(b'{') => Kind::Jsonl,
            _ => Kind::Csv,
        },
    })
}

/// The time of a file: its name, else the flag, else the mapping's fixed one, else the file's own.
fn time_of(path: &Path, name: &str, mapping: &Mapping, options: &SourceOptions) -> Result<Utc, SourceError> {
    if let Some(moment) = mapping.clockwork.of_file_name(name, options.year) {
        return moment.map_err(|problem| SourceError::NoTime {
            path: path.to_owned(),
            problem,
            mend: "give the year, set `default_year` under [time], or rename the file".into(),
        });
    }
    if let Some(moment) = options.observed_at.or(mapping.clockwork.fixed) {
        return Ok(moment);
    }
    let modified = std::fs::metadata(path).and_then(|meta| meta.modified());
    modified
        .map(Utc::from)
        .map_err(|cause| SourceError::Io { path: path.to_owned(), cause: cause.to_string() })
}

fn csv(path: &Path, kind: Kind, mapping: &Mapping) -> Result<CsvRecords, SourceError> {
    let format = &mapping.spec.format;
    let usual = if kind == Kind::Tsv { b'\t' } else { b',' };
    // Checked to be ASCII when the mapping was read.
    let delimiter = format.delimiter.and_then(|sign| u8::try_from(sign).ok()).unwrap_or(usual);
    let bytes = Bytes::open(path, format.encoding.as_deref())?;
    Ok(CsvRecords::new(bytes, delimiter, format.most_field()))
}

/// One of the formats.
enum Reader {
    Csv(Box<CsvRecords>),
    Json(JsonRecords),
    Parquet(ParquetRecords),
}

impl Reader {
    fn open(path: &Path, kind: Kind, mapping: &Mapping, rows: usize) -> Result<Self, SourceError> {
        let format = &mapping.spec.format;
        let most = format.most_field();
        Ok(match kind {
            Kind::Csv | Kind::Tsv => {
                let mut records = csv(path, kind, mapping)?;
                records.header()?;
                Self::Csv(Box::new(records))
            }
            Kind::Jsonl => {
                Self::Json(JsonRecords::lines(Bytes::open(path, format.encoding.as_deref())?, most))
            }
            Kind::Json => {
                let array = format.array.as_deref().map(JsonPath::new);
                let bytes = Bytes::open(path, format.encoding.as_deref())?;
                Self::Json(JsonRecords::array(bytes, array.as_ref(), most)?)
            }
            Kind::Parquet => Self::Parquet(ParquetRecords::open(path, rows)?),
        })
    }

    fn batch(&mut self, rows: usize) -> Option<Result<RawBatch, SourceError>> {
        match self {
            Self::Csv(records) => records.batch(rows),
            Self::Json(records) => records.batch(rows),
            Self::Parquet(records) => records.batch(),
        }
    }
}
