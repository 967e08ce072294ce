-- One row per negotiation, as it stood at the newest export. Amounts are minor units of `currency`.
create or replace view negotiations as
select * replace (lower(hex(item_id)) as item_id)
from lake.negotiations
qualify row_number() over (partition by negotiation_id order by run_id desc, sequence desc) = 1;
