-- Every sighting is of an observation that is there.
select lower(hex(sightings.observation_id)) as observation_id
from lake.sightings as sightings
anti join lake.observations as observations using (observation_id)
