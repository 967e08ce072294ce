-- A ledger entry whose lines do not sum to zero in each currency.
select entry_id, currency, sum(amount) as amount
from lake.ledger
group by entry_id, currency
having sum(amount) <> 0
