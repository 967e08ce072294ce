//! Rows in any order into one open file per partition, in bounded memory.

use std::collections::BTreeMap;
use std::ops::Range;

use arrow::array::{Array as _, AsArray as _, RecordBatch, UInt32Array};
use arrow::datatypes::TimestampMicrosecondType;
use rayon::prelude::*;

use crate::gather::gathered;
use crate::layout::partition;
use crate::{Commit, Dataset, LakeError, ParquetFile};

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// Splits a dataset by platform and UTC date of `observed_at`. Rows gather in a block; a full
/// block is sorted by partition, and each partition's part goes out as one row group. Between
/// blocks only the files' footers are in memory, so that hundreds of partitions fed in random
/// order stay small.
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

/// Where each partition's rows stand in a sorted block, by partition.
type Places = Vec<(Partition, Range<usize>)>;

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
        let block = std::mem::take(&mut self.block);
        self.buffered = 0;
        let (partitions, order) = self.order(&block)?;
        for (key, _) in &partitions {
            if !self.files.contains_key(key) {
                let file = ParquetFile::create(self.dataset, commit.staged())?;
                self.files.insert(key.clone(), file);
            }
        }
        let sorted = gathered(self.dataset, block, &order)?;
        self.files
            .par_iter_mut()
            .filter_map(|(key, file)| {
                let at = partitions.binary_search_by(|(other, _)| other.cmp(key)).ok()?;
                Some((&partitions[at].1, file))
            })
            .try_for_each(|(rows, file)| file.write_group(&sorted.slice(rows.start, rows.len())))
    }

    /// The block's rows partition by partition, in the order in which they came: where each
    /// partition's rows stand in it, and for each place the row of the block.
    fn order(&self, block: &[RecordBatch]) -> Result<(Places, UInt32Array), LakeError> {
        let shape = |column| LakeError::Shape { dataset: self.dataset.name(), column };
        let mut groups: BTreeMap<(&str, i64), Vec<u32>> = BTreeMap::new();
        let mut before = 0;
        for batch in block {
            let platform = batch
                .column_by_name("platform")
                .and_then(|column| column.as_string_opt::<i32>())
                .ok_or_else(|| shape("platform"))?;
            let observed_at = batch
                .column_by_name("observed_at")
                .and_then(|column| column.as_primitive_opt::<TimestampMicrosecondType>())
                .ok_or_else(|| shape("observed_at"))?;
            debug_assert!(!observed_at.is_nullable());
            for row in 0..batch.num_rows() {
                let day = observed_at.value(row).div_euclid(MICROS_PER_DAY);
                groups.entry((platform.value(row), day)).or_default().push(before + row as u32);
            }
            before += batch.num_rows() as u32;
        }
        let mut partitions = Vec::with_capacity(groups.len());
        let mut order = Vec::with_capacity(before as usize);
        for ((platform, day), rows) in groups {
            partitions.push(((platform.to_owned(), day), order.len()..order.len() + rows.len()));
            order.extend(rows);
        }
        Ok((partitions, UInt32Array::from(order)))
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
