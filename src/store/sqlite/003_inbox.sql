-- Events that were delivered to us.
CREATE TABLE inbox_event (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL CHECK (source <> ''),
  event_id TEXT NOT NULL CHECK (event_id <> ''),
  received_at INTEGER NOT NULL,
  raw BLOB NOT NULL,
  verified_by TEXT NOT NULL CHECK (verified_by <> ''),
  says TEXT NOT NULL,
  repeats INTEGER NOT NULL DEFAULT 0,
  UNIQUE (source, event_id)
) STRICT;
CREATE INDEX inbox_event_received ON inbox_event(received_at);
CREATE TRIGGER inbox_event_update BEFORE UPDATE OF source, event_id, received_at, raw, verified_by, says ON inbox_event
  BEGIN SELECT RAISE(ABORT, 'an event that was delivered never changes'); END;

-- Deliveries that were turned away, counted by reason.
CREATE TABLE inbox_refused (
  source TEXT NOT NULL,
  reason TEXT NOT NULL,
  count INTEGER NOT NULL CHECK (count > 0),
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  last_peer TEXT NOT NULL,
  PRIMARY KEY (source, reason)
) STRICT, WITHOUT ROWID;

-- What the process that listens last said of each listener.
CREATE TABLE inbox_listener (
  name TEXT PRIMARY KEY,
  address TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('listening','closed','failed')),
  detail TEXT NOT NULL,
  certificate_until INTEGER,
  changed_at INTEGER NOT NULL
) STRICT;

-- What a source said last of its topics and our subscriptions.
CREATE TABLE event_account (
  connection TEXT PRIMARY KEY REFERENCES connection(id),
  wanted INTEGER NOT NULL CHECK (wanted IN (0,1)),
  checked_at INTEGER
) STRICT;
CREATE TABLE event_topic (
  connection TEXT NOT NULL REFERENCES connection(id),
  topic TEXT NOT NULL,
  wanted INTEGER NOT NULL CHECK (wanted IN (0,1)),
  PRIMARY KEY (connection, topic)
) STRICT, WITHOUT ROWID;
CREATE TABLE event_subscription (
  connection TEXT NOT NULL REFERENCES connection(id),
  id TEXT NOT NULL,
  topic TEXT NOT NULL,
  filter TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  companies TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('in_place','changed','missing','foreign')),
  PRIMARY KEY (connection, id)
) STRICT, WITHOUT ROWID;
