//! Rows in any order into one open file per partition, in bounded memory.

use std::collections::BTreeMap;

use arrow::array::{Array as _, AsArray as _, RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::datatypes::TimestampMicrosecondType;
use rayon::prelude::*;

use crate::layout::partition;
use crate::{Commit, Dataset, LakeError, ParquetFile};

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// Splits a dataset by platform and UTC date of `observed_at`. Rows gather in a block; a full
/// block goes out as one row group per partition. Between blocks only the open files' footers
/// are in memory, so that hundreds of partitions fed in random order stay small.
pub struct PartitionedWriter {
    dataset: Dataset,
    block_rows: usize,
    block: Vec<RecordBatch>,
    buffered: usize,
    files: BTreeMap<Partition, ParquetFile>,
    rows: u64,
}

/// Platform and days since 1970-01-01.
type Partition = (String, i64);

impl PartitionedWriter {
    /// A writer whose block holds about `block_rows` rows.
    #[must_use]
    pub fn new(dataset: Dataset, block_rows: usize) -> Self {
        Self { dataset, block_rows, block: Vec::new(), buffered: 0, files: BTreeMap::new(), rows: 0 }
    }

    /// Adds rows of the dataset's columns.
    ///
    /// # Errors
    /// When a full block cannot be written.
    pub fn push(&mut self, batch: RecordBatch, commit: &mut Commit) -> Result<(), LakeError> {
        self.buffered += batch.num_rows();
        self.rows += batch.num_rows() as u64;
        self.block.push(batch);
        if self.buffered >= self.block_rows { self.flush(commit) } else { Ok(()) }
    }

    /// Rows given so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    fn flush(&mut self, commit: &mut Commit) -> Result<(), LakeError> {
        if self.buffered == 0 {
            return Ok(());
        }
        let arrange = LakeError::arrow(self.dataset.name());
        let block = concat_batches(&self.dataset.schema(), &self.block).map_err(arrange)?;
        self.block.clear();
        self.buffered = 0;
        let groups = self.group(&block)?;
        for key in groups.keys() {
            if !self.files.contains_key(key) {
                let file = ParquetFile::create(self.dataset, commit.staged())?;
                self.files.insert(key.clone(), file);
            }
        }
        let dataset = self.dataset.name();
        self.files
            .par_iter_mut()
            .filter_map(|(key, file)| groups.get(key).map(|rows| (rows, file)))
            .try_for_each(|(rows, file)| {
                let part = take_record_batch(&block, rows).map_err(LakeError::arrow(dataset))?;
                file.write_group(&part)
            })
    }

    /// Row numbers of each partition.
    fn group(&self, block: &RecordBatch) -> Result<BTreeMap<Partition, UInt32Array>, LakeError> {
        let shape = |column| LakeError::Shape { dataset: self.dataset.name(), column };
        let platform = block
            .column_by_name("platform")
            .and_then(|column| column.as_string_opt::<i32>())
            .ok_or_else(|| shape("platform"))?;
        let observed_at = block
            .column_by_name("observed_at")
            .and_then(|column| column.as_primitive_opt::<TimestampMicrosecondType>())
            .ok_or_else(|| shape("observed_at"))?;
        let mut groups: BTreeMap<(&str, i64), Vec<u32>> = BTreeMap::new();
        for row in 0..block.num_rows() {
            let day = observed_at.value(row).div_euclid(MICROS_PER_DAY);
            groups.entry((platform.value(row), day)).or_default().push(row as u32);
        }
        debug_assert!(!observed_at.is_nullable());
        Ok(groups
            .into_iter()
            .map(|((platform, day), rows)| ((platform.to_owned(), day), UInt32Array::from(rows)))
            .collect())
    }

    /// Writes what is left and hands every file to the commit.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(mut self, commit: &mut Commit) -> Result<u64, LakeError> {
        self.flush(commit)?;
        let files = self.files.into_iter().map(|((platform, day), file)| {
            let date = chrono::NaiveDate::from_epoch_days(i32::try_from(day).unwrap_or(i32::MAX))
                .unwrap_or(chrono::NaiveDate::MAX);
            (file, partition(&platform, date))
        });
        commit.add_all(self.dataset, files.collect())?;
        Ok(self.rows)
    }
}
