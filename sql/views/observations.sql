-- One row per distinct content of a listing, at its first sight. Amounts are minor units of
-- `currency`; times are UTC.
create or replace view observations as
select * replace (lower(hex(observation_id)) as observation_id)
from lake.observations;
