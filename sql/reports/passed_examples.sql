-- Passed listings of a currency that come nearest to a deal: a few per first reason.
select platform, external_id
from lake.decisions as decisions
join lake.deals as deals using (platform, external_id)
where decisions.action = 'pass' and decisions.currency = ?
qualify row_number() over (
    partition by decisions.reasons[1] order by deals.rank_score desc nulls last, deals.net_profit desc nulls last
) <= 8
