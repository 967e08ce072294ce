-- The event-dated datasets as they would be had nothing been read that was seen at $before or later.
-- Reads whole.observations, whole.sightings, whole.scans; makes lake.observations, lake.sightings,
-- lake.scans. A content's first sight is looked for anew: files may have been read in any order.

-- One row per sight of a content, the first one included.
create or replace table past_sights as
select observation_id, platform, external_id, observed_at, scan_id, run_id
from whole.observations
where observed_at < timestamp $before
union all
select observation_id, platform, external_id, observed_at, scan_id, run_id
from whole.sightings
where observed_at < timestamp $before;

-- One row per content that was seen by then, at its first sight.
create or replace view lake.observations as
with first_sights as (
    select
        observation_id,
        platform,
        external_id,
        min(observed_at) as observed_at,
        arg_min(scan_id, observed_at) as scan_id
    from past_sights
    group by observation_id, platform, external_id
)

select observations.* replace (first_sights.observed_at as observed_at, first_sights.scan_id as scan_id)
from whole.observations as observations
join first_sights using (observation_id, platform, external_id);

-- One row per later sight.
create or replace view lake.sightings as
select sights.platform, sights.external_id, sights.observation_id, sights.observed_at, sights.scan_id, sights.run_id
from past_sights as sights
anti join lake.observations as first_sights
    on first_sights.observation_id = sights.observation_id
    and first_sights.platform = sights.platform
    and first_sights.external_id = sights.external_id
    and first_sights.observed_at = sights.observed_at
    and first_sights.scan_id = sights.scan_id;

-- One row per pass. One that was still under way, because its rows carry times of their own, is as
-- far as it had come, and not complete.
create or replace view lake.scans as
with begun as (
    select scan_id, max(observed_at) as seen_until, count(*) as listings
    from past_sights
    group by scan_id
)

select scans.*
from whole.scans as scans
where scans.observed_at < timestamp $before
union all
select scans.* replace (begun.seen_until as observed_at, false as complete, begun.listings as listings)
from whole.scans as scans
join begun using (scan_id)
where scans.observed_at >= timestamp $before;
