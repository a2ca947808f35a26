-- Receipts with their own state, and payment state for the source. A posting never waits for either.
CREATE TABLE receipt_plan (
  document TEXT PRIMARY KEY REFERENCES document(id),
  planned_at INTEGER
) STRICT;
CREATE INDEX receipt_plan_open ON receipt_plan(document) WHERE planned_at IS NULL;

CREATE TABLE receipt (
  id INTEGER PRIMARY KEY,
  document TEXT NOT NULL REFERENCES document(id),
  connection TEXT NOT NULL REFERENCES connection(id),
  handle_kind TEXT NOT NULL CHECK (handle_kind IN ('receipt','report','invoice')),
  handle TEXT NOT NULL,
  slot TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('wanted','missing','attached','refused')),
  attempts INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL,
  detail TEXT NOT NULL DEFAULT '',
  sha256 TEXT NOT NULL DEFAULT '',
  size INTEGER NOT NULL DEFAULT 0,
  attachment TEXT NOT NULL DEFAULT '',
  attached_at INTEGER,
  UNIQUE (document, handle_kind, handle, slot),
  CHECK (state <> 'attached' OR (attachment <> '' AND sha256 <> '' AND attached_at IS NOT NULL))
) STRICT;
CREATE INDEX receipt_due ON receipt(connection, due_at, id) WHERE state IN ('wanted','missing');
CREATE INDEX receipt_of ON receipt(document);

CREATE TABLE ledger_cursor (
  ledger TEXT NOT NULL REFERENCES connection(id),
  what TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (ledger, what)
) STRICT, WITHOUT ROWID;

CREATE TABLE payment (
  id INTEGER PRIMARY KEY,
  ledger TEXT NOT NULL REFERENCES connection(id),
  payment TEXT NOT NULL,
  document TEXT NOT NULL REFERENCES document(id),
  connection TEXT NOT NULL REFERENCES connection(id),
  number TEXT NOT NULL,
  paid_on TEXT NOT NULL,
  cheque INTEGER NOT NULL CHECK (cheque IN (0,1)),
  currency TEXT NOT NULL,
  minor INTEGER NOT NULL,
  void INTEGER NOT NULL DEFAULT 0 CHECK (void IN (0,1)),
  state TEXT NOT NULL CHECK (state IN ('open','done','refused','dropped')),
  attempts INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL,
  detail TEXT NOT NULL DEFAULT '',
  UNIQUE (ledger, payment, document)
) STRICT;
CREATE INDEX payment_due ON payment(connection, due_at, id) WHERE state = 'open';
CREATE INDEX payment_of ON payment(document);
