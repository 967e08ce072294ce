-- One row per thing that happened to our state, in the order of `event_sequence`. `data` is JSON.
create or replace view events as
select * exclude (sequence)
from lake.events;
