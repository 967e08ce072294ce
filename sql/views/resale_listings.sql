-- One row per offer of ours, as it stood at the newest export. `price` is the ask by then, minor units
-- of `currency`.
create or replace view resale_listings as
select *
from lake.resale_listings
qualify row_number() over (partition by resale_id order by run_id desc, sequence desc) = 1;
