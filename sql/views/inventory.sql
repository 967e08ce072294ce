-- One row per item that came into our hands, as it stood at the newest export. `cost` is what it stands
-- in the books for, minor units of `currency`.
create or replace view inventory as
select *
from lake.inventory
qualify row_number() over (partition by inventory_id order by run_id desc, sequence desc) = 1;
