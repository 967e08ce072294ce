-- One row per item that we bought: what it cost, what it brought, and what is left by the ledger.
-- Amounts are minor units of `currency`. `profit` is the sum of the ledger's income and costs about it;
-- what is still in hand has none but its own costs.
create or replace table flips as
with booked as (
    select
        inventory_id,
        -sum(amount) filter (
            where account not in ('cash', 'payouts_pending', 'inventory_at_cost', 'owner_equity')
        ) as profit,
        -sum(amount) filter (where account = 'revenue') as revenue
    from ledger
    where inventory_id is not null
    group by inventory_id
),

sold as (
    select
        inventory_id,
        arg_max(platform, ordered_at) as sold_on,
        arg_max(price, ordered_at) as sold_for,
        max(ordered_at) as ordered_at,
        arg_max(resale_id, ordered_at) as resale_id
    from sales
    where status in ('paid', 'shipped', 'delivered')
    group by inventory_id
)

select
    inventory.inventory_id,
    inventory.sku,
    inventory.title,
    inventory.category,
    inventory.status,
    inventory.currency,
    inventory.purchase_platform,
    negotiations.strategy,
    taken_deals.ask as sellers_ask,
    inventory.purchase_price,
    inventory.cost,
    taken_deals.estimated_sale_price,
    sold.sold_on,
    sold.sold_for,
    resale_listings.price as our_last_ask,
    coalesce(booked.revenue, 0) as revenue,
    coalesce(booked.profit, 0) as profit,
    inventory.purchased_at,
    inventory.listed_at,
    sold.ordered_at as sold_at,
    date_diff('second', inventory.listed_at, sold.ordered_at) / 86400.0 as days_to_sell
from inventory
left join taken_deals using (deal_id)
left join negotiations on negotiations.negotiation_id = inventory.negotiation_id
left join sold on sold.inventory_id = inventory.inventory_id
left join resale_listings on resale_listings.resale_id = sold.resale_id
left join booked on booked.inventory_id = inventory.inventory_id
order by inventory.purchased_at, inventory.inventory_id;
