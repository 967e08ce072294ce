-- A run scores each listing once.
select platform, external_id, count(*) as times
from lake.deals
group by platform, external_id
having count(*) > 1
