-- One row per price that a listing had from a moment on, for listings seen with more than one
-- content. A price that comes back (A, B, A) stands again. Rows are in time order within a listing.
with changed as (
    select platform, external_id
    from lake.observations
    group by platform, external_id
    having count(*) > 1
),

sights as (
    select observation_id, platform, external_id, observed_at from lake.observations
    union all
    select observation_id, platform, external_id, observed_at from lake.sightings
),

priced as (
    select
        platform,
        external_id,
        sights.observed_at,
        observations.price,
        lag(observations.price) over (
            partition by platform, external_id order by sights.observed_at, sights.observation_id
        ) as price_before
    from sights
    semi join changed using (platform, external_id)
    join lake.observations as observations using (observation_id, platform, external_id)
    where observations.price is not null
)

select platform, external_id, observed_at as "at", price
from priced
where price is distinct from price_before
order by platform, external_id, "at"
