-- One row per offer of ours that reached a venue: what became of it, and the listing that we had bought.
-- Reads lake.resale_listings, lake.sales, lake.inventory, lake.purchases, each as of its newest export.
-- A sale counts while it stands: what was called off or paid back says nothing of the price.
with offers as (
    select *
    from lake.resale_listings
    qualify row_number() over (partition by resale_id order by run_id desc, sequence desc) = 1
),

orders as (
    select *
    from lake.sales
    qualify row_number() over (partition by sale_id order by run_id desc, sequence desc) = 1
),

standing as (
    select resale_id, arg_max(price, ordered_at) as price, max(ordered_at) as ordered_at
    from orders
    where status in ('paid', 'shipped', 'delivered')
    group by resale_id
),

items as (
    select *
    from lake.inventory
    qualify row_number() over (partition by inventory_id order by run_id desc, sequence desc) = 1
),

bought as (
    select *
    from lake.purchases
    qualify row_number() over (partition by purchase_id order by run_id desc, sequence desc) = 1
)

select
    offers.resale_id,
    offers.platform,
    offers.platform_listing_id as external_id,
    offers.currency,
    offers.price as ask,
    offers.status,
    offers.created_at,
    offers.updated_at,
    standing.price as sold_for,
    standing.ordered_at as sold_at,
    items.title,
    items.category,
    items.condition,
    bought.item_id,
    bought.platform as bought_platform,
    bought.external_id as bought_external_id
from offers
join items using (inventory_id)
join bought using (purchase_id)
left join standing using (resale_id)
where offers.platform_listing_id is not null
order by offers.resale_id
