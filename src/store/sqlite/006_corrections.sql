-- Reversals, reposts and accruals.
CREATE TABLE correction (
  document TEXT PRIMARY KEY REFERENCES document(id),
  of TEXT REFERENCES document(id),
  what TEXT NOT NULL CHECK (what IN ('reversal','repost','accrual')),
  made_by TEXT NOT NULL,
  -- what is left to a person in the source after a reversal was posted
  task INTEGER NOT NULL DEFAULT 0 CHECK (task IN (0,1,2)),
  ticked_by TEXT NOT NULL DEFAULT '',
  ticked_at INTEGER,
  note TEXT NOT NULL DEFAULT '',
  CHECK (what = 'accrual' OR of IS NOT NULL)
) STRICT;
CREATE INDEX correction_of ON correction(of) WHERE of IS NOT NULL;
CREATE INDEX correction_task ON correction(document) WHERE task = 1;
