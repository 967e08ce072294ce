//! One Parquet file, written whole.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use crate::appender::Appender;
use crate::atomic::rename_lazily;
use crate::manifest::FileEntry;
use crate::{Dataset, LakeError};

/// A file under construction in the staging folder. Dropping it without [`Self::finish`]
/// leaves a left-over that the next start sweeps.
pub struct ParquetFile {
    staged: PathBuf,
    writer: ArrowWriter<Appender>,
    rows: u64,
}

impl ParquetFile {
    /// Starts a file at `staged`.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(dataset: Dataset, staged: PathBuf) -> Result<Self, LakeError> {
        Self::with_schema(dataset.schema(), staged)
    }

    /// As [`Self::create`], for columns that are no dataset's (spill files).
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn with_schema(schema: SchemaRef, staged: PathBuf) -> Result<Self, LakeError> {
        let folder = staged.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(LakeError::io("make the folder", folder))?;
        let file = Appender::create(staged.clone()).map_err(LakeError::io("make", &staged))?;
        let writer = ArrowWriter::try_new(file, schema, Some(properties()))
            .map_err(LakeError::parquet("write", &staged))?;
        Ok(Self { staged, writer, rows: 0 })
    }

    /// Adds rows as one row group, so that nothing stays in memory but its place in the footer.
    ///
    /// # Errors
    /// When the disk is full or the rows do not fit the columns.
    pub fn write_group(&mut self, batch: &RecordBatch) -> Result<(), LakeError> {
        self.write(batch)?;
        self.writer.flush().map_err(LakeError::parquet("write", &self.staged))?;
        self.writer.sync().map_err(LakeError::io("write", &self.staged))
    }

    /// Adds rows; the writer closes row groups by itself.
    ///
    /// # Errors
    /// As [`Self::write_group`].
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), LakeError> {
        self.rows += batch.num_rows() as u64;
        self.writer.write(batch).map_err(LakeError::parquet("write", &self.staged))
    }

    /// Rows so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Ends a file that stays where it is, outside the lake (spill files).
    ///
    /// # Errors
    /// When the disk is full.
    pub fn close(self) -> Result<PathBuf, LakeError> {
        let mut file = self.writer.into_inner().map_err(LakeError::parquet("write", &self.staged))?;
        file.flush().map_err(LakeError::io("write", &self.staged))?;
        Ok(self.staged)
    }

    /// Writes the footer and moves the file to `path` below `lake`. The commit waits for the disk.
    ///
    /// # Errors
    /// When the disk is full or the file cannot be moved.
    pub fn finish(self, lake: &Path, path: &str) -> Result<FileEntry, LakeError> {
        let Self { staged, writer, rows } = self;
        let mut file = writer.into_inner().map_err(LakeError::parquet("write", &staged))?;
        file.flush().map_err(LakeError::io("write", &staged))?;
        let bytes = fs::metadata(&staged).map_err(LakeError::io("look at", &staged))?.len();
        let target = lake.join(path);
        let folder = target.parent().unwrap_or(lake);
        fs::create_dir_all(folder).map_err(LakeError::io("make the folder", folder))?;
        rename_lazily(&staged, &target)?;
        Ok(FileEntry { path: path.to_owned(), rows, bytes })
    }
}

/// Columns of few distinct values, which a dictionary makes small already. Hundreds of partitions
/// open at once would otherwise set up a compressor for each of them in every row group: a
/// quarter of the time of an ingest into a year of days.
const SMALL_COLUMNS: [&str; 23] = [
    "platform",
    "run_id",
    "scan_id",
    "category",
    "condition",
    "price_kind",
    "currency",
    "status",
    "observed_at",
    "listed_at",
    "expires_at",
    "sold_at",
    "views",
    "watchers",
    "original_price",
    "shipping_price",
    "seller.rating",
    "seller.feedback_count",
    "seller.response_time",
    "seller.type",
    "location.city",
    "location.state",
    "location.zip",
];

/// zstd at its default level but for [`SMALL_COLUMNS`]; statistics only where readers skip by
/// them, and no dictionary for what never repeats.
fn properties() -> WriterProperties {
    let id = ColumnPath::from("observation_id");
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_column_statistics_enabled(ColumnPath::from("observed_at"), EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_column_dictionary_enabled(id.clone(), false)
        .set_column_dictionary_enabled(ColumnPath::from("external_id"), false)
        .set_column_dictionary_enabled(ColumnPath::from("raw_ref"), false)
        .set_column_compression(id, Compression::UNCOMPRESSED);
    for column in SMALL_COLUMNS {
        let parts: Vec<String> = column.split('.').map(str::to_owned).collect();
        properties = properties.set_column_compression(ColumnPath::new(parts), Compression::UNCOMPRESSED);
    }
    properties.build()
}

/// Reads files batch by batch, all columns or the named top-level ones, in the files' order.
///
/// # Errors
/// Each item may fail: a file that a manifest names must be there and readable.
pub fn read_batches<'a>(
    files: &'a [PathBuf],
    columns: Option<&'a [&'a str]>,
    batch_rows: usize,
) -> impl Iterator<Item = Result<RecordBatch, LakeError>> + Send + 'a {
    files.iter().flat_map(move |path| match open(path, columns, batch_rows) {
        Ok(batches) => Box::new(batches) as Box<dyn Iterator<Item = _> + Send>,
        Err(error) => Box::new(std::iter::once(Err(error))),
    })
}

fn open<'a>(
    path: &'a Path,
    columns: Option<&[&str]>,
    batch_rows: usize,
) -> Result<impl Iterator<Item = Result<RecordBatch, LakeError>> + Send + use<'a>, LakeError> {
    let file = File::open(path).map_err(LakeError::io("open", path))?;
    let mut builder =
        ParquetRecordBatchReaderBuilder::try_new(file).map_err(LakeError::parquet("read", path))?;
    if let Some(columns) = columns {
        let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
        builder = builder.with_projection(mask);
    }
    let reader = builder.with_batch_size(batch_rows).build().map_err(LakeError::parquet("read", path))?;
    Ok(reader.map(move |batch| {
        batch.map_err(|error| LakeError::Arrow { dataset: "a Parquet file", source: error })
    }))
}
