-- One row per listing, as of the newest run: item, comparables, presence, price history, demand.
create or replace view enriched as
select * replace (lower(hex(observation_id)) as observation_id, lower(hex(item_id)) as item_id)
from lake.enriched;
