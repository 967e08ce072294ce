-- R4. One row per effect that was sent again after doubt, done twice, or sent another number of times
-- than it says.
SELECT e.effect_id AS subject, e.state || ', sent ' || count(CASE WHEN v.kind = 'effect.sending' THEN 1 END)
    || ' times, done ' || count(CASE WHEN v.kind = 'effect.done' THEN 1 END) || ' times' AS found
FROM effect e
LEFT JOIN event v ON v.subject = e.effect_id
GROUP BY e.effect_id, e.state, e.attempts
HAVING count(CASE WHEN v.kind = 'effect.sending' THEN 1 END) <> e.attempts
    OR count(CASE WHEN v.kind = 'effect.sending' THEN 1 END)
        > 1 + count(CASE WHEN v.kind = 'effect.deferred' THEN 1 END)
    OR count(CASE WHEN v.kind = 'effect.done' THEN 1 END) <> CASE WHEN e.state = 'done' THEN 1 ELSE 0 END
    OR max(CASE WHEN v.kind = 'effect.sending' THEN v.sequence ELSE 0 END)
        > min(CASE WHEN v.kind = 'effect.uncertain' THEN v.sequence END)
