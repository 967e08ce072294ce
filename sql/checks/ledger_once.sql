-- A line of the ledger that stands twice.
select entry_id, line, count(*) as times
from lake.ledger
group by entry_id, line
having count(*) > 1
