-- What happened cannot be unmade: the database itself refuses to change or delete these rows.
-- SQLite's own syntax; another database says the same in its words.
CREATE TRIGGER ledger_entry_stays BEFORE UPDATE ON ledger_entry BEGIN SELECT raise(ABORT, 'a ledger entry is never changed'); END;
CREATE TRIGGER ledger_entry_kept BEFORE DELETE ON ledger_entry BEGIN SELECT raise(ABORT, 'a ledger entry is never deleted'); END;
CREATE TRIGGER ledger_posting_stays BEFORE UPDATE ON ledger_posting BEGIN SELECT raise(ABORT, 'a posting is never changed'); END;
CREATE TRIGGER ledger_posting_kept BEFORE DELETE ON ledger_posting BEGIN SELECT raise(ABORT, 'a posting is never deleted'); END;
CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT raise(ABORT, 'an event is never changed'); END;
CREATE TRIGGER event_kept BEFORE DELETE ON event BEGIN SELECT raise(ABORT, 'an event is never deleted'); END;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'an audit record is never changed'); END;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'an audit record is never deleted'); END;
CREATE TRIGGER suppression_stays BEFORE UPDATE ON suppression BEGIN SELECT raise(ABORT, 'a suppression is for good'); END;
CREATE TRIGGER suppression_kept BEFORE DELETE ON suppression BEGIN SELECT raise(ABORT, 'a suppression is for good'); END;
