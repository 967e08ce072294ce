-- One row per change of a listing's price, in minor units.
create or replace table price_changes as
with points as (
    select platform, external_id, unnest(price_history, recursive := true)
    from lake.enriched
    where len(price_history) > 1
),

changes as (
    select
        platform,
        external_id,
        "at" as changed_at,
        price,
        lag(price) over (partition by platform, external_id order by "at") as price_before
    from points
)

select *, price - price_before as change
from changes
where price_before is not null;
