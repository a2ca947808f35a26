-- Money is integer minor units with a currency code, instants are microseconds UTC, dates are ISO text.
CREATE TABLE instance (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('real','sandbox','demo')),
  created_at INTEGER NOT NULL,
  person TEXT,
  person_employee TEXT,
  epoch INTEGER NOT NULL DEFAULT 0,
  holder TEXT NOT NULL DEFAULT '',
  audit_seq INTEGER NOT NULL DEFAULT 0,
  audit_hash BLOB NOT NULL
) STRICT;

CREATE TABLE connection (
  id TEXT PRIMARY KEY,
  system TEXT NOT NULL,
  company TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  system_id TEXT NOT NULL,
  settings TEXT NOT NULL,
  health TEXT NOT NULL CHECK (health IN
    ('ok','expiring','throttled','paused','offline','breaker_open','reauthorise','wrong_company')),
  health_reason TEXT NOT NULL,
  health_since INTEGER NOT NULL
) STRICT;
CREATE TRIGGER connection_fingerprint BEFORE UPDATE OF fingerprint ON connection
  WHEN NEW.fingerprint <> OLD.fingerprint BEGIN SELECT RAISE(ABORT, 'a fingerprint never changes'); END;

CREATE TABLE book (
  id TEXT PRIMARY KEY,
  source TEXT NOT NULL REFERENCES connection(id),
  ledger TEXT NOT NULL REFERENCES connection(id),
  mode TEXT NOT NULL CHECK (mode IN ('preview','live')),
  paused INTEGER NOT NULL CHECK (paused IN (0,1)),
  settings TEXT NOT NULL
) STRICT;

CREATE TABLE policy (
  book TEXT NOT NULL REFERENCES book(id),
  version INTEGER NOT NULL CHECK (version > 0),
  content TEXT NOT NULL,
  signed_off_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (book, version)
) STRICT;
CREATE TRIGGER policy_update BEFORE UPDATE ON policy BEGIN SELECT RAISE(ABORT, 'policy is append-only'); END;
CREATE TRIGGER policy_delete BEFORE DELETE ON policy BEGIN SELECT RAISE(ABORT, 'policy is append-only'); END;

CREATE TABLE mapping_version (
  book TEXT NOT NULL REFERENCES book(id),
  version INTEGER NOT NULL CHECK (version > 0),
  content TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (book, version)
) STRICT;
CREATE TRIGGER mapping_version_update BEFORE UPDATE ON mapping_version
  BEGIN SELECT RAISE(ABORT, 'mapping_version is append-only'); END;
CREATE TRIGGER mapping_version_delete BEFORE DELETE ON mapping_version
  BEGIN SELECT RAISE(ABORT, 'mapping_version is append-only'); END;

CREATE TABLE reference (
  connection TEXT NOT NULL REFERENCES connection(id),
  list TEXT NOT NULL,
  id TEXT NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  active INTEGER NOT NULL,
  content TEXT NOT NULL,
  hash TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (connection, list, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE document (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  connection TEXT NOT NULL REFERENCES connection(id),
  book TEXT REFERENCES book(id),
  kind TEXT NOT NULL,
  source_id TEXT NOT NULL,
  family TEXT NOT NULL,
  revision TEXT NOT NULL,
  revisions INTEGER NOT NULL DEFAULT 1,
  source_status TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('stored','unreadable','blocked','ready','held','approved','posting','ambiguous',
    'posted','confirm_failed','failed','needs_human','confirmed','rejected','recalled','closed','reversed')),
  version INTEGER NOT NULL DEFAULT 1,
  next_action_at INTEGER,
  blocked_reason TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  hold TEXT NOT NULL DEFAULT '' CHECK (hold IN ('','person','rule','check')),
  derive_due INTEGER NOT NULL DEFAULT 0 CHECK (derive_due IN (0,1)),
  ack INTEGER NOT NULL DEFAULT 0 CHECK (ack IN (0,1,2,3)),
  taken_by TEXT NOT NULL DEFAULT '',
  number TEXT NOT NULL,
  title TEXT NOT NULL,
  payee TEXT NOT NULL,
  payee_code TEXT NOT NULL,
  payee_is_employee INTEGER NOT NULL CHECK (payee_is_employee IN (0,1)),
  -- what has no date stands after what has one: '~' sorts behind every digit
  posting_date TEXT NOT NULL DEFAULT '~',
  currency TEXT NOT NULL,
  minor INTEGER NOT NULL,
  will_post TEXT NOT NULL DEFAULT '',
  finding TEXT NOT NULL DEFAULT '',
  finding_brief TEXT NOT NULL DEFAULT '',
  findings INTEGER NOT NULL DEFAULT 0,
  cost_centres TEXT NOT NULL DEFAULT '',
  receipts_have INTEGER NOT NULL DEFAULT 0,
  receipts_of INTEGER NOT NULL DEFAULT 0,
  concur_pays INTEGER NOT NULL DEFAULT 0,
  ledger_number TEXT NOT NULL DEFAULT '',
  unreadable_path TEXT NOT NULL DEFAULT '',
  unreadable_message TEXT NOT NULL DEFAULT '',
  arrived_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  search_base TEXT NOT NULL,
  search TEXT NOT NULL,
  UNIQUE (connection, kind, source_id),
  CHECK (state IN ('confirmed','rejected','recalled','closed','reversed')
    OR next_action_at IS NOT NULL OR blocked_reason <> '')
) STRICT;
CREATE INDEX document_by_date ON document(book, state, posting_date, id);
CREATE INDEX document_by_amount ON document(book, state, minor, id);
CREATE INDEX document_by_payee ON document(book, state, payee, id);
CREATE INDEX document_by_number ON document(book, state, number, id);
CREATE INDEX document_by_arrival ON document(book, state, arrived_at, id);
CREATE INDEX document_by_family ON document(connection, family);
CREATE INDEX document_numbered ON document(number);
CREATE INDEX document_to_derive ON document(id) WHERE derive_due = 1;
CREATE INDEX document_to_post ON document(state, id) WHERE state IN ('approved','posting','ambiguous');
CREATE TRIGGER document_identity BEFORE UPDATE OF id, connection, kind, source_id, book ON document
  WHEN NEW.id <> OLD.id OR NEW.connection <> OLD.connection OR NEW.kind <> OLD.kind OR NEW.source_id <> OLD.source_id
    OR (OLD.book IS NOT NULL AND NEW.book IS NOT OLD.book)
  BEGIN SELECT RAISE(ABORT, 'a document keeps its identity and its book'); END;
CREATE TRIGGER document_delete BEFORE DELETE ON document
  BEGIN SELECT RAISE(ABORT, 'documents are never deleted'); END;

CREATE TABLE source_doc (
  document TEXT NOT NULL REFERENCES document(id),
  revision TEXT NOT NULL,
  bytes BLOB NOT NULL,
  sha256 TEXT NOT NULL,
  fetched_at INTEGER NOT NULL,
  UNIQUE (document, revision)
) STRICT;
CREATE TRIGGER source_doc_update BEFORE UPDATE ON source_doc BEGIN SELECT RAISE(ABORT, 'source_doc is append-only'); END;
CREATE TRIGGER source_doc_delete BEFORE DELETE ON source_doc BEGIN SELECT RAISE(ABORT, 'source_doc is append-only'); END;

CREATE TABLE derivation (
  document TEXT PRIMARY KEY REFERENCES document(id),
  revision TEXT NOT NULL,
  rules_version INTEGER NOT NULL,
  digest TEXT NOT NULL,
  content TEXT NOT NULL,
  derived_at INTEGER NOT NULL
) STRICT;

CREATE TABLE finding (
  document TEXT NOT NULL REFERENCES document(id),
  n INTEGER NOT NULL,
  code TEXT NOT NULL,
  value TEXT NOT NULL,
  brief TEXT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('blocks','warns')),
  book TEXT,
  open INTEGER NOT NULL CHECK (open IN (0,1)),
  PRIMARY KEY (document, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_open ON finding(book, code, value) WHERE open = 1;
CREATE INDEX finding_of ON finding(code, value, document);

CREATE TABLE duplicate_key (
  key TEXT NOT NULL,
  document TEXT NOT NULL REFERENCES document(id),
  PRIMARY KEY (key, document)
) STRICT, WITHOUT ROWID;
CREATE INDEX duplicate_key_of ON duplicate_key(document);

CREATE TABLE approval (
  id INTEGER PRIMARY KEY,
  document TEXT NOT NULL REFERENCES document(id),
  revision TEXT NOT NULL,
  entry_set BLOB NOT NULL,
  digest TEXT NOT NULL,
  approved_by TEXT NOT NULL,
  approved_at INTEGER NOT NULL,
  withdrawn_at INTEGER
) STRICT;
CREATE UNIQUE INDEX approval_in_force ON approval(document) WHERE withdrawn_at IS NULL;
CREATE INDEX approval_of ON approval(document);
CREATE TRIGGER approval_update BEFORE UPDATE ON approval
  WHEN OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR NEW.id <> OLD.id OR NEW.document <> OLD.document
    OR NEW.revision <> OLD.revision OR NEW.entry_set <> OLD.entry_set OR NEW.digest <> OLD.digest
    OR NEW.approved_by <> OLD.approved_by OR NEW.approved_at <> OLD.approved_at
  BEGIN SELECT RAISE(ABORT, 'an approval can only be withdrawn'); END;
CREATE TRIGGER approval_delete BEFORE DELETE ON approval BEGIN SELECT RAISE(ABORT, 'approval is append-only'); END;

CREATE TABLE endorsement (
  document TEXT NOT NULL REFERENCES document(id),
  digest TEXT NOT NULL,
  person TEXT NOT NULL,
  endorsed_at INTEGER NOT NULL,
  PRIMARY KEY (document, digest, person)
) STRICT;

CREATE TABLE intent (
  id INTEGER PRIMARY KEY,
  document TEXT NOT NULL REFERENCES document(id),
  ledger TEXT NOT NULL REFERENCES connection(id),
  slot TEXT NOT NULL,
  kind TEXT NOT NULL,
  after TEXT NOT NULL DEFAULT '',
  reference TEXT NOT NULL,
  generation INTEGER NOT NULL,
  request_key TEXT NOT NULL,
  item_key TEXT NOT NULL,
  lookup TEXT NOT NULL,
  payload_hash TEXT NOT NULL,
  digest TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('planned','sent','in_doubt','done','refused','withdrawn')),
  remote_id TEXT NOT NULL DEFAULT '',
  number TEXT NOT NULL DEFAULT '',
  sent_at INTEGER,
  negatives INTEGER NOT NULL DEFAULT 0,
  negative_at INTEGER,
  doubted INTEGER NOT NULL DEFAULT 0 CHECK (doubted IN (0,1)),
  adopted INTEGER NOT NULL DEFAULT 0 CHECK (adopted IN (0,1)),
  detail TEXT NOT NULL DEFAULT '',
  posting_date TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  UNIQUE (document, ledger, slot),
  UNIQUE (ledger, reference),
  CHECK (state <> 'done' OR remote_id <> ''),
  CHECK (remote_id = '' OR state = 'done')
) STRICT;
CREATE UNIQUE INDEX intent_keys ON intent(ledger, request_key, item_key) WHERE request_key <> '';
CREATE INDEX intent_referenced ON intent(reference);
CREATE INDEX intent_remote ON intent(ledger, kind, remote_id) WHERE remote_id <> '';
CREATE INDEX intent_doubt ON intent(ledger, id) WHERE state = 'in_doubt';
CREATE TRIGGER intent_remote_once BEFORE UPDATE ON intent
  WHEN OLD.remote_id <> '' AND (NEW.remote_id <> OLD.remote_id OR NEW.state <> 'done')
  BEGIN SELECT RAISE(ABORT, 'a remote id is written once'); END;
CREATE TRIGGER intent_reference BEFORE UPDATE OF reference, document, ledger, slot ON intent
  WHEN NEW.reference <> OLD.reference OR NEW.document <> OLD.document OR NEW.ledger <> OLD.ledger OR NEW.slot <> OLD.slot
  BEGIN SELECT RAISE(ABORT, 'an intent keeps its reference'); END;
CREATE TRIGGER intent_delete BEFORE DELETE ON intent BEGIN SELECT RAISE(ABORT, 'intents are never deleted'); END;

CREATE TABLE batch (
  id INTEGER PRIMARY KEY,
  ledger TEXT NOT NULL REFERENCES connection(id),
  request_key TEXT NOT NULL,
  members TEXT NOT NULL,
  bytes BLOB NOT NULL,
  epoch INTEGER NOT NULL,
  planned_at INTEGER NOT NULL,
  sent_at INTEGER,
  state TEXT NOT NULL CHECK (state IN ('open','recorded','lost'))
) STRICT;
CREATE INDEX batch_open ON batch(id) WHERE state = 'open';
CREATE TRIGGER batch_members BEFORE UPDATE OF members, bytes, request_key, ledger ON batch
  BEGIN SELECT RAISE(ABORT, 'the members of a call never change'); END;
CREATE TRIGGER batch_delete BEFORE DELETE ON batch BEGIN SELECT RAISE(ABORT, 'calls are never deleted'); END;

CREATE TABLE attempt (
  intent INTEGER NOT NULL REFERENCES intent(id),
  n INTEGER NOT NULL,
  batch INTEGER NOT NULL REFERENCES batch(id),
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  class TEXT NOT NULL DEFAULT '' CHECK (class IN ('','done','refused','not_sent','throttled','ambiguous')),
  remote_id TEXT NOT NULL DEFAULT '',
  detail TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (intent, n)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX attempt_open ON attempt(intent) WHERE ended_at IS NULL;
CREATE TRIGGER attempt_update BEFORE UPDATE ON attempt WHEN OLD.ended_at IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'a closed attempt never changes'); END;
CREATE TRIGGER attempt_delete BEFORE DELETE ON attempt BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('acknowledge','confirm','refuse')),
  document TEXT NOT NULL REFERENCES document(id),
  connection TEXT NOT NULL REFERENCES connection(id),
  payload TEXT NOT NULL,
  payload_hash TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open','done','refused','dropped')),
  attempts INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  detail TEXT NOT NULL DEFAULT '',
  UNIQUE (kind, document, payload_hash)
) STRICT;
CREATE INDEX outbox_due ON outbox(connection, kind, due_at, id) WHERE state = 'open';
CREATE INDEX outbox_next ON outbox(due_at) WHERE state = 'open';
CREATE INDEX outbox_stuck ON outbox(id) WHERE state = 'refused';
CREATE INDEX outbox_of ON outbox(document);

CREATE TABLE request (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  args TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  answer TEXT,
  answered_at INTEGER
) STRICT;
CREATE INDEX request_open ON request(id) WHERE answer IS NULL;

CREATE TABLE total (
  book TEXT NOT NULL,
  state TEXT NOT NULL,
  currency TEXT NOT NULL,
  count INTEGER NOT NULL CHECK (count >= 0),
  minor INTEGER NOT NULL,
  PRIMARY KEY (book, state, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE secret (
  connection TEXT NOT NULL,
  field TEXT NOT NULL,
  generation INTEGER NOT NULL,
  nonce BLOB NOT NULL,
  ciphertext BLOB NOT NULL,
  PRIMARY KEY (connection, field),
  UNIQUE (connection, field, generation)
) STRICT;

CREATE TABLE wrap (
  way TEXT PRIMARY KEY,
  nonce BLOB NOT NULL,
  ciphertext BLOB NOT NULL
) STRICT;

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  via TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  body BLOB NOT NULL,
  prev BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT;
CREATE INDEX audit_of ON audit(subject, seq);
CREATE TRIGGER audit_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

CREATE TABLE anchor (
  seq INTEGER PRIMARY KEY,
  hash BLOB NOT NULL,
  signature BLOB NOT NULL,
  exported_to TEXT NOT NULL,
  exported_at INTEGER NOT NULL
) STRICT;
CREATE TRIGGER anchor_update BEFORE UPDATE ON anchor BEGIN SELECT RAISE(ABORT, 'anchor is append-only'); END;
CREATE TRIGGER anchor_delete BEFORE DELETE ON anchor BEGIN SELECT RAISE(ABORT, 'anchor is append-only'); END;

CREATE TABLE actor (
  name TEXT PRIMARY KEY,
  employee TEXT,
  seen_at INTEGER NOT NULL
) STRICT;
