-- R3. One row per offer, acceptance or purchase above its limit, or where nothing is allowed.
SELECT r.negotiation_id AS subject, 'offer of ' || r.our_offer || ', limit ' || n.max_acceptable AS found
FROM round r
JOIN negotiation n ON n.negotiation_id = r.negotiation_id
WHERE r.our_offer > n.max_acceptable OR r.our_offer <= 0
UNION ALL
SELECT negotiation_id, status || ' at ' || coalesce(final_price, 0) || ', limit ' || max_acceptable
FROM negotiation
WHERE final_price > max_acceptable OR final_price <= 0 OR (final_price IS NULL) = (status = 'accepted')
UNION ALL
SELECT purchase_id, 'bought at ' || price || ', limit ' || max_price
FROM purchase
WHERE price > max_price OR price <= 0
