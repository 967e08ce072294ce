-- One row per listing that a venue says was sold: when it was on offer before, and for how much.
-- Reads lake.observations, lake.sightings.
with sights as (
    select observation_id, platform, external_id, observed_at from lake.observations
    union all
    select observation_id, platform, external_id, observed_at from lake.sightings
),

told as (
    select
        platform,
        external_id,
        sights.observed_at,
        observations.status = 'sold' or observations.price_kind = 'sold' as sold,
        observations.price,
        observations.price_kind in ('fixed', 'or_best_offer', 'range') and observations.price > 0 as asked
    from sights
    join lake.observations as observations using (observation_id, platform, external_id)
),

first_sales as (
    select platform, external_id, min(observed_at) as first_sold
    from told
    where sold
    group by platform, external_id
)

select
    first_sales.platform,
    first_sales.external_id,
    first_sales.first_sold,
    max(told.observed_at) as last_offered,
    arg_max(told.price, told.observed_at) filter (where told.asked) as last_ask
from first_sales
left join told
    on told.platform = first_sales.platform
    and told.external_id = first_sales.external_id
    and told.observed_at < first_sales.first_sold
group by first_sales.platform, first_sales.external_id, first_sales.first_sold
order by first_sales.platform, first_sales.external_id
