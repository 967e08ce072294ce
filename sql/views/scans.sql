-- One row per query's pass over a venue.
create or replace view scans as
select * from lake.scans;
