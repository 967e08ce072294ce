-- One row per sight of a listing: the first of each content, and every later one.
create or replace view sightings as
select platform, external_id, lower(hex(observation_id)) as observation_id, observed_at, scan_id, run_id
from lake.observations
union all
select platform, external_id, lower(hex(observation_id)) as observation_id, observed_at, scan_id, run_id
from lake.sightings;
