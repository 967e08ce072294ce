-- No price is negative, and a price that is asked is there.
select platform, external_id, price, price_kind
from lake.observations
where price < 0
    or (price is null and price_kind in ('fixed', 'or_best_offer', 'range', 'auction'))
