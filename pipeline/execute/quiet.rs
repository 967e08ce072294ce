//! Quiet hours: nobody is written to, and no silence ends.

use autobazaaar_store::{NewDue, Tx};

use super::market::Market;
use super::{ExecuteError, Executor};

impl<M: Market> Executor<'_, M> {
    /// In quiet hours every message that waits is put off to their end, however long ago it was
    /// written: the process may have been down, or the venue not have answered.
    pub(super) async fn keep_quiet(&self, tx: &mut Tx<'_>) -> Result<(), ExecuteError> {
        let open = self.settings.may_write_from(tx.now());
        if open > tx.now() {
            tx.put_off_messages(open).await?;
        }
        Ok(())
    }

    /// Asks for a job again at the end of the quiet hours, if it is quiet; whether it is.
    pub(super) async fn is_put_off(
        &self,
        tx: &mut Tx<'_>,
        kind: &str,
        subject: impl ToString,
    ) -> Result<bool, ExecuteError> {
        let open = self.settings.may_write_from(tx.now());
        if open <= tx.now() {
            return Ok(false);
        }
        tx.schedule(&NewDue::new(kind, subject, open)).await?;
        Ok(true)
    }
}
