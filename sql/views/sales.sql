-- One row per buyer's order, as it stood at the newest export. Amounts are minor units of `currency`.
create or replace view sales as
select *
from lake.sales
qualify row_number() over (partition by sale_id order by run_id desc, sequence desc) = 1;
