-- A run enriches each listing once, and every listing.
select platform, external_id, count(*) as times
from lake.enriched
group by platform, external_id
having count(*) > 1
