-- One row per deal that was taken on, as it stood at the newest export. Amounts are minor units of
-- `currency`; `estimated_sale_price` and `net_profit` are what was expected when it was decided.
create or replace view taken_deals as
select * replace (lower(hex(item_id)) as item_id)
from lake.taken_deals
qualify row_number() over (partition by deal_id order by run_id desc, sequence desc) = 1;
