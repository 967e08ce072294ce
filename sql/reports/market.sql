-- One row per listing of a currency whose exit was seen or whose price changed.
select
    days_on_market,
    censored,
    len(price_history) as prices,
    case
        when len(price_history) > 1 and price_history[1].price > 0
            then price_history[-1].price / price_history[1].price - 1.0
    end as price_change
from lake.enriched as enriched
join lake.observations as observations using (observation_id)
where observations.currency = ?
