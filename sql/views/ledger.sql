-- One row per line of a ledger entry: a positive amount is a debit, minor units of `currency`. The lines
-- of an entry sum to zero in each currency.
create or replace view ledger as
select * exclude (sequence)
from lake.ledger;
