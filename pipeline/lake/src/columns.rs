//! Columns named, typed and filled in one place, so that a schema and its rows cannot differ.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, FixedSizeBinaryBuilder, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field};
use autobazaaar_domain::{Cents, Utc};

use crate::dataset::{id, time};

/// Columns under construction, each of as many values as there are rows.
pub(crate) struct Columns<'a, R> {
    rows: &'a [R],
    fields: Vec<Field>,
    arrays: Vec<ArrayRef>,
}

impl<'a, R> Columns<'a, R> {
    pub fn new(rows: &'a [R]) -> Self {
        Self { rows, fields: Vec::new(), arrays: Vec::new() }
    }

    /// Fields and values.
    pub fn finish(self) -> (Vec<Field>, Vec<ArrayRef>) {
        (self.fields, self.arrays)
    }

    pub fn text(self, name: &str, of: impl Fn(&R) -> String) -> Self {
        let values = StringArray::from_iter_values(self.rows.iter().map(of));
        self.add(name, DataType::Utf8, false, Arc::new(values))
    }

    pub fn text_or_none(self, name: &str, of: impl Fn(&R) -> Option<String>) -> Self {
        let values: StringArray = self.rows.iter().map(of).collect();
        self.add(name, DataType::Utf8, true, Arc::new(values))
    }

    pub fn id(self, name: &str, of: impl Fn(&R) -> [u8; 16]) -> Self {
        let mut values = FixedSizeBinaryBuilder::with_capacity(self.rows.len(), 16);
        for row in self.rows {
            // The builder is 16 wide and so is every id: this cannot fail.
            let _ = values.append_value(of(row));
        }
        self.add(name, id(), false, Arc::new(values.finish()))
    }

    pub fn whole(self, name: &str, of: impl Fn(&R) -> i64) -> Self {
        let values = Int64Array::from_iter_values(self.rows.iter().map(of));
        self.add(name, DataType::Int64, false, Arc::new(values))
    }

    pub fn whole_or_none(self, name: &str, of: impl Fn(&R) -> Option<i64>) -> Self {
        let values: Int64Array = self.rows.iter().map(of).collect();
        self.add(name, DataType::Int64, true, Arc::new(values))
    }

    /// Minor units.
    pub fn cents(self, name: &str, of: impl Fn(&R) -> Cents) -> Self {
        self.whole(name, |row| of(row).0)
    }

    /// Minor units.
    pub fn cents_or_none(self, name: &str, of: impl Fn(&R) -> Option<Cents>) -> Self {
        self.whole_or_none(name, |row| of(row).map(|amount| amount.0))
    }

    pub fn real_or_none(self, name: &str, of: impl Fn(&R) -> Option<f64>) -> Self {
        let values: Float64Array = self.rows.iter().map(of).collect();
        self.add(name, DataType::Float64, true, Arc::new(values))
    }

    pub fn time(self, name: &str, of: impl Fn(&R) -> Utc) -> Self {
        let micros = self.rows.iter().map(|row| of(row).timestamp_micros());
        self.add(name, time(), false, Arc::new(TimestampMicrosecondArray::from_iter_values(micros)))
    }

    pub fn time_or_none(self, name: &str, of: impl Fn(&R) -> Option<Utc>) -> Self {
        let micros = self.rows.iter().map(|row| of(row).map(|at| at.timestamp_micros()));
        self.add(name, time(), true, Arc::new(micros.collect::<TimestampMicrosecondArray>()))
    }

    fn add(mut self, name: &str, kind: DataType, nullable: bool, values: ArrayRef) -> Self {
        self.fields.push(Field::new(name, kind, nullable));
        self.arrays.push(values);
        self
    }
}
