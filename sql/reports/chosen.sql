-- Deals of a currency that are to be bought or negotiated, best first.
select platform, external_id
from lake.decisions as decisions
join lake.deals as deals using (platform, external_id)
where decisions.action <> 'pass' and decisions.currency = ?
order by deals.rank_score desc nulls last, platform, external_id
