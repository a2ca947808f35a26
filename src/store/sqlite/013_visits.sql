-- Ledgers that call us: what is known of their visits, what a person asked to go out with the next one, and what was
-- asked to be read then.
ALTER TABLE intent ADD COLUMN lost INTEGER NOT NULL DEFAULT 0 CHECK (lost IN (0,1));
-- Not found, and to go again with the same bytes: the ledger may have carried it out, or will.
ALTER TABLE intent ADD COLUMN replay INTEGER NOT NULL DEFAULT 0 CHECK (replay IN (0,1));
CREATE INDEX intent_replay ON intent(ledger) WHERE replay = 1;

CREATE TABLE visit_note (
  connection TEXT PRIMARY KEY REFERENCES connection(id),
  note TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE posting_ask (
  document TEXT PRIMARY KEY REFERENCES document(id),
  asked_by TEXT NOT NULL,
  asked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE reading_want (
  connection TEXT NOT NULL REFERENCES connection(id),
  ask TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  reading TEXT,
  read_at INTEGER,
  trouble TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (connection, ask)
) STRICT, WITHOUT ROWID;
