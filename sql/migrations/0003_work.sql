-- What is to be done, what happened, and what the owner says.

-- One row per act outside, stored before it is attempted.
CREATE TABLE effect (
    effect_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    subject TEXT NOT NULL,
    priority INTEGER NOT NULL,
    payload TEXT NOT NULL,                           -- JSON, nothing personal
    spends INTEGER,
    spends_currency TEXT,
    address_key TEXT,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    sent_at INTEGER,
    settled_at INTEGER,
    result TEXT,                                     -- JSON
    error TEXT
) STRICT;
CREATE INDEX effect_queued ON effect (priority, not_before, effect_id) WHERE state = 'queued';
CREATE INDEX effect_open ON effect (state, sent_at) WHERE state IN ('sending', 'uncertain');
CREATE INDEX effect_by_subject ON effect (subject);

-- One row per day and thing counted against a daily cap.
CREATE TABLE spent_today (
    day TEXT NOT NULL,                               -- YYYY-MM-DD, the owner's
    what TEXT NOT NULL,                              -- messages, or spending.<currency>
    amount INTEGER NOT NULL,
    PRIMARY KEY (day, what)
) STRICT;

-- One row per job or timer.
CREATE TABLE due (
    due_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    payload TEXT,                                    -- JSON
    last_error TEXT,
    failure TEXT,
    worker TEXT,
    lease_until INTEGER,
    created_at INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;
CREATE INDEX due_waiting ON due (priority, due_at, due_id) WHERE state = 'waiting';
CREATE INDEX due_running ON due (kind, lease_until) WHERE state = 'running';
CREATE INDEX due_by_state ON due (state, finished_at);
CREATE UNIQUE INDEX due_open_once ON due (kind, subject) WHERE state IN ('waiting', 'running');

-- One row per kind of job that is not as the others.
CREATE TABLE due_kind (
    kind TEXT PRIMARY KEY,
    paused INTEGER NOT NULL CHECK (paused IN (0, 1)),
    draining INTEGER NOT NULL CHECK (draining IN (0, 1)),
    concurrency INTEGER NOT NULL
) STRICT;

-- One row per thing that happened. Only ever added.
CREATE TABLE event (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    source TEXT NOT NULL,
    subject TEXT NOT NULL,
    data TEXT NOT NULL,                              -- JSON, nothing personal
    metadata TEXT                                    -- JSON
) STRICT;
CREATE INDEX event_by_subject ON event (subject, sequence);

-- One row per act of somebody. Only ever added.
CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    origin TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT                                      -- JSON
) STRICT;
CREATE INDEX audit_by_subject ON audit (subject, sequence);

-- One row per question to the owner. One question of a kind about a thing waits at a time.
CREATE TABLE approval (
    approval_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    amount INTEGER,
    amount_currency TEXT,
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    requested_at INTEGER NOT NULL,
    expires_at INTEGER,
    decided_at INTEGER,
    decided_by TEXT,
    note TEXT
) STRICT;
CREATE INDEX approval_by_status ON approval (status, requested_at);
CREATE UNIQUE INDEX approval_waiting_once ON approval (kind, subject) WHERE status = 'waiting';

-- One row per address that gets no message, ever. Only ever added.
CREATE TABLE suppression (
    address_key TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    added_by TEXT NOT NULL
) STRICT;

-- One row per setting that the owner changed.
CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,                             -- JSON
    category TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;
CREATE INDEX setting_by_category ON setting (category);

-- One row per thing the owner should know.
CREATE TABLE alert (
    alert_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL,
    title TEXT NOT NULL,
    message TEXT NOT NULL,
    context TEXT,                                    -- JSON
    related_kind TEXT,
    related_id TEXT,
    status TEXT NOT NULL,
    acknowledged_at INTEGER,
    acknowledged_by TEXT,
    suggested_action TEXT,
    action_taken TEXT,
    created_at INTEGER NOT NULL,
    resolved_at INTEGER
) STRICT;
CREATE INDEX alert_by_status ON alert (status, created_at);
CREATE INDEX alert_by_severity ON alert (severity);
CREATE INDEX alert_by_kind ON alert (kind);
CREATE INDEX alert_by_created ON alert (created_at);

-- One row per thing learned.
CREATE TABLE memory (
    memory_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    category TEXT NOT NULL,
    key TEXT NOT NULL,
    data TEXT NOT NULL,                              -- JSON, nothing personal
    embedding TEXT,                                  -- JSON list
    confidence REAL NOT NULL,
    source TEXT NOT NULL,
    access_count INTEGER NOT NULL,
    last_accessed INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    expires_at INTEGER,
    UNIQUE (kind, category, key)
) STRICT;
CREATE INDEX memory_by_key ON memory (key);
CREATE INDEX memory_by_access ON memory (last_accessed);
