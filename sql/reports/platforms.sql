-- One row per platform of a currency: listings, how often fields are missing (shares), newest
-- sight, presence.
select
    observations.platform,
    count(*) as listings,
    avg(cast(description is null as integer)) as no_description,
    avg(cast(condition is null as integer)) as no_condition,
    avg(cast(price is null as integer)) as no_price,
    avg(cast(seller_key is null as integer)) as no_seller,
    avg(cast(len(images) = 0 as integer)) as no_images,
    epoch_us(max(enriched.last_seen)) as newest,
    count(*) filter (where presence = 'active') as active,
    count(*) filter (where presence = 'sold') as sold,
    count(*) filter (where presence = 'gone') as gone,
    count(*) filter (where presence = 'unknown') as unknown,
    (select count(*) from lake.scans where scans.platform = observations.platform and complete) as scans_complete,
    (select count(*) from lake.scans where scans.platform = observations.platform and not complete) as scans_capped
from lake.enriched as enriched
join lake.observations as observations using (observation_id)
where observations.currency = ?
group by observations.platform
order by listings desc
