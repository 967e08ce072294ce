-- One row per UTC day and currency on which something was booked. Amounts are minor units of `currency`;
-- `profit` is income less costs of the day, `profit_so_far` its running sum.
create or replace table profit as
with days as (
    select
        cast("at" as date) as day,
        currency,
        -coalesce(sum(amount) filter (where account = 'revenue'), 0) as revenue,
        -coalesce(sum(amount) filter (
            where account not in ('cash', 'payouts_pending', 'inventory_at_cost', 'owner_equity')
        ), 0) as profit,
        coalesce(sum(amount) filter (where account = 'cash'), 0) as cash_change,
        coalesce(sum(amount) filter (where account = 'inventory_at_cost'), 0) as stock_change
    from ledger
    group by all
)

select *, sum(profit) over (partition by currency order by day) as profit_so_far
from days
order by currency, day;
