-- One row per listing: what the sights and scans say of it.
-- Reads lake.observations, lake.sightings, lake.scans. $stale_after_days: a listing not seen for
-- so long, measured from its platform's newest sight, is unknown even if its scan is the newest.
-- $look_back_days: one not seen for so long is history and left out.
with sights as (
    select observation_id, platform, external_id, observed_at, scan_id from lake.observations
    union all
    select observation_id, platform, external_id, observed_at, scan_id from lake.sightings
),

-- One row per query: its newest pass, and its newest complete one.
queries as (
    select
        platform,
        query,
        arg_max(scan_id, observed_at) as newest_scan,
        max(observed_at) filter (where complete) as newest_complete
    from lake.scans
    group by platform, query
),

complete as (
    select platform, query, observed_at from lake.scans where complete
),

newest as (
    select platform, max(observed_at) as observed_at from sights group by platform
),

-- One row per listing.
listings as (
    select
        platform,
        external_id,
        arg_max(observation_id, observed_at) as observation_id,
        arg_max(scan_id, observed_at) as scan_id,
        min(observed_at) as first_seen,
        max(observed_at) as last_seen,
        count(*) as sights
    from sights
    group by platform, external_id
)

select
    listings.observation_id,
    listings.first_seen,
    listings.last_seen,
    -- The first complete pass that did not show it any more.
    missing.observed_at as missed_by,
    -- Somebody looks at everything there is, so that an exit would be noticed.
    queries.newest_complete is not null as watched,
    case
        when current.status = 'sold' then 'sold'
        -- A pass ends after the listings that it shows.
        when queries.newest_complete > greatest(listings.last_seen, scans.observed_at) then 'gone'
        when listings.scan_id = queries.newest_scan
            and listings.last_seen >= newest.observed_at - to_days($stale_after_days) then 'active'
        else 'unknown'
    end as presence
from listings
join lake.observations as current on current.observation_id = listings.observation_id
join newest on newest.platform = listings.platform
left join lake.scans as scans on scans.scan_id = listings.scan_id
left join queries on queries.platform = scans.platform and queries.query = scans.query
asof left join complete as missing
    on missing.platform = scans.platform
    and missing.query = scans.query
    and missing.observed_at > greatest(listings.last_seen, scans.observed_at)
where listings.last_seen >= newest.observed_at - to_days($look_back_days)
