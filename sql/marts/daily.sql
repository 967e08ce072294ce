-- One row per platform, category and UTC day: what came, and at which asks (minor units).
create or replace table daily as
select
    platform,
    category,
    currency,
    cast(observed_at as date) as day,
    count(*) as observations,
    count(distinct external_id) as listings,
    count(*) filter (where status = 'sold') as sold,
    median(price) filter (where price_kind in ('fixed', 'or_best_offer')) as median_ask
from lake.observations
group by all;
