-- One row per platform and field: the share of listings that show the field, among those first seen on
-- the platform's newest day and in the 90 days before. A field that is no longer found is often the
-- first sign that a venue changed its pages.
with newest as (
    select platform, max(cast(observed_at as date)) as day
    from lake.observations
    group by platform
),

cells as (
    select
        observations.platform,
        cast(observed_at as date) = newest.day as is_new,
        unnest([
            {'field': 'price', 'filled': price is not null},
            {'field': 'url', 'filled': url is not null},
            {'field': 'condition', 'filled': condition is not null},
            {'field': 'category', 'filled': category <> 'uncategorised'},
            {'field': 'images', 'filled': len(images) > 0},
            {'field': 'place', 'filled': location.city is not null or location.zip is not null},
            {'field': 'seller', 'filled': seller_key is not null},
            {'field': 'shipping', 'filled': shipping_price is not null},
            {'field': 'listed_at', 'filled': listed_at is not null},
            {'field': 'description', 'filled': description is not null}
        ]) as cell
    from lake.observations as observations
    join newest on newest.platform = observations.platform
    where cast(observed_at as date) > newest.day - 90
)

select
    platform,
    cell.field as field,
    count(*) filter (where is_new) as listings_new,
    count(*) filter (where not is_new) as listings_before,
    avg(cast(cell.filled as integer)) filter (where is_new) as share_new,
    avg(cast(cell.filled as integer)) filter (where not is_new) as share_before
from cells
group by platform, cell.field
order by platform, cell.field
