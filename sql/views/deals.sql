-- One row per scored listing, as of the newest run. Amounts are minor units of `currency`.
create or replace view deals as
select * replace (lower(hex(item_id)) as item_id)
from lake.deals;
