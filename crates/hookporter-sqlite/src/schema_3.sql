-- A replay: events that somebody has worked again, to see how each goes against its last attempt before.
CREATE TABLE replays (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started_at INTEGER NOT NULL,
    reason TEXT                            -- whatever its operator says
);
CREATE TABLE replayed (
    event INTEGER NOT NULL,
    replay INTEGER NOT NULL,
    epoch INTEGER NOT NULL,                -- when it began: attempts of later epochs are the replay's
    had_worked INTEGER NOT NULL,           -- how the last attempt before it had ended
    PRIMARY KEY (event, replay)
) WITHOUT ROWID;
CREATE INDEX replayed_in ON replayed (replay, event);

-- An edited event: body, payload and coverage are the editor's, these are what came in.
ALTER TABLE contents ADD COLUMN edited_at INTEGER;  -- NULL: it is as it came
ALTER TABLE contents ADD COLUMN edit_reason TEXT;
ALTER TABLE contents ADD COLUMN original_body BLOB;
ALTER TABLE contents ADD COLUMN original_payload BLOB;
ALTER TABLE contents ADD COLUMN original_coverage TEXT;
