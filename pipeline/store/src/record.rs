//! How records stand in rows: one table each, field names are the columns.

use autobazaaar_domain::ledger::FeeLines;
use autobazaaar_domain::{Cents, Currency, ListingKey, Money, Platform};

use crate::StoreError;
use crate::value::{Cell, Value};

/// A field that stands in one or more columns.
pub(crate) trait Field: Sized {
    fn columns(field: &'static str) -> Vec<String>;
    fn put(&self, values: &mut Vec<Value>);
    fn take(row: &mut Row) -> Result<Self, StoreError>;
}

impl<T: Cell> Field for T {
    fn columns(field: &'static str) -> Vec<String> {
        vec![field.to_owned()]
    }

    fn put(&self, values: &mut Vec<Value>) {
        values.push(Cell::put(self));
    }

    fn take(row: &mut Row) -> Result<Self, StoreError> {
        row.cell()
    }
}

impl Field for ListingKey {
    fn columns(_: &'static str) -> Vec<String> {
        vec!["platform".to_owned(), "external_id".to_owned()]
    }

    fn put(&self, values: &mut Vec<Value>) {
        values.push(Cell::put(&self.platform));
        values.push(Cell::put(&self.external_id));
    }

    fn take(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self { platform: row.cell::<Platform>()?, external_id: row.cell()? })
    }
}

impl Field for Option<Money> {
    fn columns(field: &'static str) -> Vec<String> {
        vec![field.to_owned(), format!("{field}_currency")]
    }

    fn put(&self, values: &mut Vec<Value>) {
        values.push(Cell::put(&self.map(|money| money.amount)));
        values.push(Cell::put(&self.map(|money| money.currency)));
    }

    fn take(row: &mut Row) -> Result<Self, StoreError> {
        let (amount, currency) = (row.cell::<Option<Cents>>()?, row.cell::<Option<Currency>>()?);
        Ok(amount.zip(currency).map(|(amount, currency)| Money { amount, currency }))
    }
}

impl Field for FeeLines {
    fn columns(_: &'static str) -> Vec<String> {
        ["fee_platform", "fee_payment", "fee_shipping", "fee_other"].map(str::to_owned).to_vec()
    }

    fn put(&self, values: &mut Vec<Value>) {
        values.extend([self.platform, self.payment, self.shipping, self.other].iter().map(Cell::put));
    }

    fn take(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self { platform: row.cell()?, payment: row.cell()?, shipping: row.cell()?, other: row.cell()? })
    }
}

/// A row, read column by column in the order it was asked for.
pub(crate) struct Row {
    table: &'static str,
    columns: fn() -> Vec<String>,
    values: std::iter::Enumerate<std::vec::IntoIter<Value>>,
}

impl Row {
    /// A row whose columns have these names.
    pub fn new(table: &'static str, columns: fn() -> Vec<String>, values: Vec<Value>) -> Self {
        Self { table, columns, values: values.into_iter().enumerate() }
    }

    /// The next column.
    pub fn cell<T: Cell>(&mut self) -> Result<T, StoreError> {
        let (table, columns) = (self.table, self.columns);
        let damaged = |at: usize, reason| {
            let column = columns().get(at).cloned().unwrap_or_else(|| format!("column {}", at + 1));
            StoreError::Damaged { table, column, reason }
        };
        match self.values.next() {
            Some((at, value)) => T::take(value).map_err(|reason| damaged(at, reason)),
            None => Err(damaged(columns().len(), "a column is missing".to_owned())),
        }
    }
}

/// A record with a table of its own.
pub(crate) trait Record: Sized {
    const TABLE: &'static str;
    /// The column that names it; the first of them all.
    const KEY: &'static str;
    /// How an error calls it.
    const WHAT: &'static str;
    fn columns() -> Vec<String>;
    fn values(&self) -> Vec<Value>;
    fn take(row: &mut Row) -> Result<Self, StoreError>;
    fn sql() -> &'static Statements;
}

/// The statements of a record's table. Made once; they live as long as the program.
pub(crate) struct Statements {
    pub insert: &'static str,
    /// Rewrites the record that the first value names.
    pub update: &'static str,
    /// Up to the table's name; a condition may follow.
    pub select: String,
    pub select_one: &'static str,
}

impl Statements {
    pub fn of<R: Record>() -> Self {
        let (table, key, columns) = (R::TABLE, R::KEY, R::columns());
        let list = columns.join(", ");
        let marks: Vec<String> = (1..=columns.len()).map(|n| format!("${n}")).collect();
        let set: Vec<String> =
            columns.iter().zip(&marks).skip(1).map(|(column, mark)| format!("{column} = {mark}")).collect();
        let select = format!("SELECT {list} FROM {table}");
        let leak = |sql: String| -> &'static str { Box::leak(sql.into_boxed_str()) };
        Self {
            insert: leak(format!("INSERT INTO {table} ({list}) VALUES ({})", marks.join(", "))),
            update: leak(format!("UPDATE {table} SET {} WHERE {key} = $1", set.join(", "))),
            select_one: leak(format!("{select} WHERE {key} = $1")),
            select,
        }
    }
}

macro_rules! record {
    ($type:ty, $table:literal, $what:literal: $key:ident $(, $field:ident: $fieldtype:ty)* $(,)?; $keytype:ty) => {
        impl $crate::record::Record for $type {
            const TABLE: &'static str = $table;
            const KEY: &'static str = stringify!($key);
            const WHAT: &'static str = $what;

            fn columns() -> Vec<String> {
                let mut columns = vec![stringify!($key).to_owned()];
                $(columns.extend(<$fieldtype as $crate::record::Field>::columns(stringify!($field)));)*
                columns
            }

            fn values(&self) -> Vec<$crate::value::Value> {
                let mut values = Vec::with_capacity(32);
                $crate::record::Field::put(&self.$key, &mut values);
                $($crate::record::Field::put(&self.$field, &mut values);)*
                values
            }

            fn take(row: &mut $crate::record::Row) -> Result<Self, $crate::StoreError> {
                Ok(Self {
                    $key: <$keytype as $crate::record::Field>::take(row)?,
                    $($field: <$fieldtype as $crate::record::Field>::take(row)?,)*
                })
            }

            fn sql() -> &'static $crate::record::Statements {
                static SQL: std::sync::LazyLock<$crate::record::Statements> =
                    std::sync::LazyLock::new($crate::record::Statements::of::<$type>);
                &SQL
            }
        }
    };
}
pub(crate) use record;
