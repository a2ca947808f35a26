-- What the audit trail is searched by, and what the engine does now. All of it is derived: the chain does not hash it,
-- and losing it loses nothing that was recorded.

-- The words of every event; rowid = seq. It is without content, and the events themselves are read from `audit`.
CREATE VIRTUAL TABLE audit_words USING fts5(
  who, doc, act, conn, text,
  content = '', columnsize = 0, prefix = '2 3 4 5 6 7 8', tokenize = "unicode61 remove_diacritics 2");

-- Events that an older program wrote: their words are added when the store is opened, in steps that can be interrupted.
CREATE TABLE audit_fill (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  next INTEGER NOT NULL,
  last INTEGER NOT NULL
) STRICT;
INSERT INTO audit_fill SELECT 1, 1, coalesce(max(seq), 0) FROM audit;

-- Clocks can be set back, so the order of instants is not that of events: `skew` (microseconds) is the most that an
-- event is older than one before it. With it a span of time becomes a span of events.
CREATE TABLE audit_clock (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  newest INTEGER NOT NULL,
  skew INTEGER NOT NULL
) STRICT;
INSERT INTO audit_clock SELECT 1, coalesce(max(at), 0), coalesce(max(newest - at), 0)
  FROM (SELECT at, max(at) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING) AS newest FROM audit);

-- The last verification of the chain: how far it is whole, or where it is broken.
CREATE TABLE audit_check (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  checked_at INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  bad INTEGER,
  why TEXT NOT NULL
) STRICT;

-- What the holder of the engine does, by connection, for the consoles of other processes; and who the holder is.
CREATE TABLE engine_activity (
  connection TEXT PRIMARY KEY REFERENCES connection(id),
  content TEXT NOT NULL,
  written_at INTEGER NOT NULL
) STRICT;
CREATE TABLE engine_holder (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  content TEXT NOT NULL
) STRICT;
