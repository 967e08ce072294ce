-- One row per listing: its newest content with what enrich and score found out. Amounts whose
-- names end in _major are decimal major units for reading; the others are minor units.
create or replace table listings as
with newest as (
    select
        platform,
        external_id,
        title,
        category,
        condition,
        price,
        price_kind,
        currency,
        status,
        url,
        listed_at,
        row_number() over (partition by platform, external_id order by observed_at desc) as age_rank
    from lake.observations
)

select
    newest.platform,
    newest.external_id,
    newest.title,
    newest.category,
    newest.condition,
    newest.currency,
    newest.price,
    newest.price_kind,
    newest.status,
    newest.url,
    newest.listed_at,
    lower(hex(enriched.item_id)) as item_id,
    enriched.first_seen,
    enriched.last_seen,
    enriched.presence,
    enriched.comp_count,
    enriched.competitor_count,
    enriched.market_price,
    enriched.volatility,
    enriched.demand_score,
    enriched.demand_known,
    enriched.days_on_market,
    enriched.censored,
    valuations.basis,
    valuations.expected,
    valuations.low,
    valuations.high,
    valuations.underpriced,
    valuations.model_version
from newest
left join lake.enriched as enriched using (platform, external_id)
left join lake.valuations as valuations using (platform, external_id)
where newest.age_rank = 1;
