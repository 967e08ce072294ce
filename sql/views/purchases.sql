-- One row per purchase, as it stood at the newest export. Amounts are minor units of `currency`.
create or replace view purchases as
select * replace (lower(hex(item_id)) as item_id)
from lake.purchases
qualify row_number() over (partition by purchase_id order by run_id desc, sequence desc) = 1;
