-- R6. One row per record that changed its state after a final one. Each change tells its states before
-- and after, and each begins where the one before it ended.
SELECT subject, 'from ' || began || ' after ' || ended AS found
FROM (
    SELECT subject, kind, sequence, json_extract(data, '$.from') AS began,
        lag(json_extract(data, '$.to')) OVER (PARTITION BY subject ORDER BY sequence) AS ended
    FROM event
    WHERE json_extract(data, '$.from') IS NOT NULL AND json_extract(data, '$.to') IS NOT NULL
        AND kind <> 'setting.changed'
) AS changes
WHERE ended IS NOT NULL AND began <> ended
