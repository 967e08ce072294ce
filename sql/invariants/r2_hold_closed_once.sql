-- R2. One row per hold that was not placed exactly once, or not closed as its state says: once when it
-- is closed, never while it is pending.
SELECT h.hold_id AS subject, h.state || ', placed ' || count(CASE WHEN e.kind = 'hold.placed' THEN 1 END)
    || ' times, closed ' || count(CASE WHEN e.kind <> 'hold.placed' THEN 1 END) || ' times' AS found
FROM hold h
LEFT JOIN event e ON e.subject = h.hold_id
    AND e.kind IN ('hold.placed', 'hold.posted', 'hold.voided', 'hold.expired')
GROUP BY h.hold_id, h.state
HAVING count(CASE WHEN e.kind = 'hold.placed' THEN 1 END) <> 1
    OR count(CASE WHEN e.kind <> 'hold.placed' THEN 1 END) <> CASE WHEN h.state = 'pending' THEN 0 ELSE 1 END
    OR count(CASE WHEN e.kind = 'hold.' || h.state THEN 1 END) <> CASE WHEN h.state = 'pending' THEN 0 ELSE 1 END
