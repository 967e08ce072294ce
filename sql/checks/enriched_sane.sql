-- Sights are in order, scores in range, and no listing is its own comparable.
select platform, external_id
from lake.enriched
where first_seen > last_seen
    or demand_score not between 0 and 1
    or days_on_market < 0
    or len(list_filter(comps, lambda comp: comp.platform = enriched.platform and comp.external_id = enriched.external_id)) > 0
