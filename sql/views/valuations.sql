-- One row per valued listing, as of the newest run. Amounts are minor units of `currency`.
create or replace view valuations as
select * from lake.valuations;
