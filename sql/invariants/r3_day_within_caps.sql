-- R3. One row per day and thing that was counted below zero: more was given back than taken. (That no
-- more than the cap leaves is held when it is claimed; the owner may lower a cap later.)
SELECT day || ' ' || what AS subject, 'counted ' || amount AS found
FROM spent_today
WHERE amount < 0
