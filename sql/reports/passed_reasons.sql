-- One row per first reason why deals of a currency were passed.
select reasons[1] as code, count(*) as deals
from lake.decisions
where action = 'pass' and currency = ?
group by all
order by deals desc
