-- One row per priced offer of ours and what it drew, in minor units of the negotiation's currency.
create or replace view rounds as
select *
from lake.rounds
qualify row_number() over (partition by negotiation_id, number order by run_id desc, sequence desc) = 1;
