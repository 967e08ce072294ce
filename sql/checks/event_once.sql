-- An event that stands twice.
select event_id, count(*) as times
from lake.events
group by event_id
having count(*) > 1
