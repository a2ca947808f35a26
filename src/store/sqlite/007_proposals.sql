-- Proposed changes of reference data, what was seen of the lists, and vendors that were made here.
CREATE TABLE proposal (
  id INTEGER PRIMARY KEY,
  book TEXT NOT NULL REFERENCES book(id),
  key TEXT NOT NULL,
  content TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open','trying','done','refused','dismissed','dropped')),
  made_at INTEGER NOT NULL,
  decided_by TEXT NOT NULL DEFAULT '',
  decided_at INTEGER,
  remote_id TEXT NOT NULL DEFAULT '',
  detail TEXT NOT NULL DEFAULT '',
  CHECK (state <> 'done' OR remote_id <> '')
) STRICT;
CREATE UNIQUE INDEX proposal_open ON proposal(book, key) WHERE state IN ('open','trying','refused','dismissed');
CREATE INDEX proposal_of ON proposal(book, state, id);

CREATE TABLE seen_record (
  book TEXT NOT NULL REFERENCES book(id),
  side TEXT NOT NULL CHECK (side IN ('source','ledger')),
  list TEXT NOT NULL,
  id TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (book, side, list, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE made_vendor (
  ledger TEXT NOT NULL REFERENCES connection(id),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  code TEXT NOT NULL,
  country TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  -- somebody else has approved a document of it
  used INTEGER NOT NULL DEFAULT 0 CHECK (used IN (0,1)),
  PRIMARY KEY (ledger, id)
) STRICT, WITHOUT ROWID;
