-- No content stands twice: an observation_id is in observations at most once.
select lower(hex(observation_id)) as observation_id, count(*) as times
from lake.observations
group by observation_id
having count(*) > 1
