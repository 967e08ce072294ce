-- One row per reason why deals of the newest run were passed.
create or replace table passed as
select reason, count(*) as deals
from (
    select unnest(reasons) as reason
    from lake.decisions
    where action = 'pass'
)
group by reason
order by deals desc;
