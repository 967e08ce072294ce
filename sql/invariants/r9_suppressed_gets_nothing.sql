-- R9. One row per effect that was handed to the world for an address that was suppressed by then.
SELECT e.effect_id AS subject, 'sent to ' || s.address_key || ' after it was suppressed' AS found
FROM effect e
JOIN suppression s ON s.address_key = e.address_key
WHERE e.sent_at > s.at
