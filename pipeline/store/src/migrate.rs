//! Brings a database to the schema of this program.

use autobazaaar_domain::Utc;
use autobazaaar_domain::hash::hex;

use crate::StoreError;
use crate::connection::Connection;
use crate::faults::Faults;
use crate::value::{Cell as _, Value};

/// Every migration, in order; the files are compiled in. One that was released is never edited.
const MIGRATIONS: [&str; 4] = [
    include_str!("../../../sql/migrations/0001_state.sql"),
    include_str!("../../../sql/migrations/0002_money.sql"),
    include_str!("../../../sql/migrations/0003_work.sql"),
    include_str!("../../../sql/migrations/0004_append_only.sqlite.sql"),
];

/// The schema that this program knows.
pub const SCHEMA_VERSION: i64 = MIGRATIONS.len() as i64;

const JOURNAL: &str = "CREATE TABLE IF NOT EXISTS migration (
    version INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT";

/// Applies what is missing, each migration in a transaction of its own.
///
/// # Errors
/// The database is of a later schema, or a migration is not the one that was applied.
pub(crate) async fn migrate(
    connection: &mut Connection,
    now: Utc,
    store_id: &str,
    faults: &Faults,
) -> Result<(), StoreError> {
    connection.begin_write().await?;
    let made = prepare(connection).await;
    let applied = match made {
        Ok(applied) => {
            connection.commit().await?;
            applied
        }
        Err(error) => {
            connection.roll_back();
            return Err(error);
        }
    };
    for (version, sql) in (1..).zip(MIGRATIONS).skip(applied) {
        faults.point("before a migration");
        connection.begin_write().await?;
        if let Err(error) = apply(connection, version, sql, now, store_id).await {
            connection.roll_back();
            return Err(error);
        }
        faults.point("before a migration's commit");
        connection.commit().await?;
        faults.point("after a migration");
    }
    Ok(())
}

/// Makes the journal and compares it with what is known; the number of migrations applied.
async fn prepare(connection: &mut Connection) -> Result<usize, StoreError> {
    connection.run("make the journal of migrations", JOURNAL, vec![]).await?;
    let sql = "SELECT version, hash FROM migration ORDER BY version";
    let applied = connection.rows("read the journal of migrations", sql, vec![]).await?;
    for (at, row) in applied.iter().enumerate() {
        let (Some(Value::Int(version)), Some(Value::Text(hash))) = (row.first(), row.get(1)) else {
            return Err(StoreError::OtherMigration { version: at as i64 + 1 });
        };
        let Some(sql) = usize::try_from(version - 1).ok().and_then(|at| MIGRATIONS.get(at)) else {
            let found = i64::try_from(applied.len()).unwrap_or(i64::MAX).max(*version);
            return Err(StoreError::Newer { found, known: SCHEMA_VERSION });
        };
        if *hash != hash_of(sql) || *version != at as i64 + 1 {
            return Err(StoreError::OtherMigration { version: *version });
        }
    }
    Ok(applied.len())
}

async fn apply(
    connection: &mut Connection,
    version: i64,
    sql: &'static str,
    now: Utc,
    store_id: &str,
) -> Result<(), StoreError> {
    connection.run_all("apply a migration", sql).await?;
    let journal = "INSERT INTO migration (version, hash, applied_at) VALUES ($1, $2, $3)";
    let values = vec![version.put(), hash_of(sql).put(), now.put()];
    connection.run("note a migration", journal, values).await?;
    if version == 1 {
        let sql = "INSERT INTO store (store_id, created_at) VALUES ($1, $2)";
        connection.run("name the store", sql, vec![store_id.put(), now.put()]).await?;
    }
    Ok(())
}

fn hash_of(sql: &str) -> String {
    hex(&blake3::hash(sql.as_bytes()).as_bytes()[..16])
}
