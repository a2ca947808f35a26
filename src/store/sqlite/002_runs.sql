-- Control totals of runs, kept by triggers so that they are counted by another hand than the table of totals.
CREATE TABLE tally (
  book TEXT NOT NULL,
  connection TEXT NOT NULL,
  kind TEXT NOT NULL,
  currency TEXT NOT NULL,
  stage TEXT NOT NULL,
  count INTEGER NOT NULL,
  minor INTEGER NOT NULL,
  PRIMARY KEY (book, connection, kind, currency, stage)
) STRICT, WITHOUT ROWID;

INSERT INTO tally SELECT coalesce(book,''), connection, kind, currency, 'stored', count(*), sum(minor) FROM document
  GROUP BY 1,2,3,4;
INSERT INTO tally SELECT coalesce(d.book,''), d.connection, d.kind, d.currency, 'approved', count(*), sum(d.minor)
  FROM document d JOIN approval a ON a.document = d.id AND a.withdrawn_at IS NULL GROUP BY 1,2,3,4;
INSERT INTO tally SELECT coalesce(d.book,''), d.connection, d.kind, d.currency,
    CASE WHEN a.id IS NULL THEN 'adopted' ELSE 'recorded' END, count(*), sum(d.minor)
  FROM document d LEFT JOIN approval a ON a.document = d.id AND a.withdrawn_at IS NULL
  WHERE d.state IN ('posted','confirm_failed','confirmed') GROUP BY 1,2,3,4,5;
INSERT INTO tally SELECT coalesce(d.book,''), d.connection, d.kind, d.currency, 'confirmed', count(*), sum(d.minor)
  FROM document d WHERE d.state = 'confirmed' GROUP BY 1,2,3,4;
INSERT INTO tally SELECT coalesce(d.book,''), d.connection, d.kind, d.currency, 'ended', count(*), sum(d.minor)
  FROM document d JOIN approval a ON a.document = d.id AND a.withdrawn_at IS NULL
  WHERE d.state IN ('rejected','recalled','closed','reversed') GROUP BY 1,2,3,4;

CREATE TRIGGER tally_stored AFTER INSERT ON document BEGIN
  INSERT INTO tally VALUES (coalesce(NEW.book,''), NEW.connection, NEW.kind, NEW.currency, 'stored', 1, NEW.minor)
    ON CONFLICT DO UPDATE SET count = count + 1, minor = minor + excluded.minor;
END;
CREATE TRIGGER tally_restored AFTER UPDATE OF book, currency, minor ON document
  WHEN NEW.book IS NOT OLD.book OR NEW.currency <> OLD.currency OR NEW.minor <> OLD.minor BEGIN
  UPDATE tally SET count = count - 1, minor = minor - OLD.minor WHERE book = coalesce(OLD.book,'')
    AND connection = OLD.connection AND kind = OLD.kind AND currency = OLD.currency AND stage = 'stored';
  INSERT INTO tally VALUES (coalesce(NEW.book,''), NEW.connection, NEW.kind, NEW.currency, 'stored', 1, NEW.minor)
    ON CONFLICT DO UPDATE SET count = count + 1, minor = minor + excluded.minor;
END;
CREATE TRIGGER tally_acknowledged AFTER UPDATE OF ack ON document
  WHEN NEW.ack <> OLD.ack AND NEW.ack IN (2,3) BEGIN
  INSERT INTO tally VALUES (coalesce(NEW.book,''), NEW.connection, NEW.kind, NEW.currency,
      CASE NEW.ack WHEN 2 THEN 'acknowledged' ELSE 'ack_refused' END, 1, NEW.minor)
    ON CONFLICT DO UPDATE SET count = count + 1, minor = minor + excluded.minor;
END;
CREATE TRIGGER tally_derived AFTER UPDATE OF state ON document WHEN OLD.state = 'stored' AND NEW.state <> 'stored' BEGIN
  INSERT INTO tally VALUES (coalesce(NEW.book,''), NEW.connection, NEW.kind, NEW.currency, 'derived', 1, NEW.minor)
    ON CONFLICT DO UPDATE SET count = count + 1, minor = minor + excluded.minor;
END;
CREATE TRIGGER tally_approved AFTER INSERT ON approval BEGIN
  INSERT INTO tally SELECT coalesce(book,''), connection, kind, currency, 'approved', 1, minor FROM document
    WHERE id = NEW.document
    ON CONFLICT DO UPDATE SET count = count + 1, minor = minor + excluded.minor;
END;
CREATE TRIGGER tally_withdrawn AFTER UPDATE OF withdrawn_at ON approval BEGIN
  UPDATE tally SET count = count - 1, minor = minor - (SELECT minor FROM document WHERE id = NEW.document)
    WHERE stage = 'approved' AND (book, connection, kind, currency) =
      (SELECT coalesce(book,''), connection, kind, currency FROM document WHERE id = NEW.document);
  UPDATE tally SET count = count - 1, minor = minor - (SELECT minor FROM document WHERE id = NEW.document)
    WHERE stage = 'ended' AND (book, connection, kind, currency) =
      (SELECT coalesce(book,''), connection, kind, currency FROM document WHERE id = NEW.document
         AND state IN ('rejected','recalled','closed','reversed'));
END;
CREATE TRIGGER tally_recorded AFTER UPDATE OF state ON document WHEN NEW.state = 'posted' AND OLD.state <> 'posted' BEGIN
  INSERT INTO tally VALUES (coalesce(NEW.book,''), NEW.connection, NEW.kind, NEW.currency,
      CASE WHEN EXISTS (SELECT 1 FROM approval WHERE document = NEW.id AND withdrawn_at IS NULL)
        THEN 'recorded' ELSE 'adopted' END, 1, NEW.minor)
    ON CONFLICT DO UPDATE SET count = count + 1, minor = minor + excluded.minor;
END;
CREATE TRIGGER tally_confirmed AFTER UPDATE OF state ON document
  WHEN NEW.state = 'confirmed' AND OLD.state <> 'confirmed' BEGIN
  INSERT INTO tally VALUES (coalesce(NEW.book,''), NEW.connection, NEW.kind, NEW.currency, 'confirmed', 1, NEW.minor)
    ON CONFLICT DO UPDATE SET count = count + 1, minor = minor + excluded.minor;
END;
CREATE TRIGGER tally_unconfirmed AFTER UPDATE OF state ON document
  WHEN NEW.state IN ('closed','reversed') AND OLD.state IN ('posted','confirm_failed') BEGIN
  INSERT INTO tally VALUES (coalesce(NEW.book,''), NEW.connection, NEW.kind, NEW.currency, 'ended_unconfirmed', 1, NEW.minor)
    ON CONFLICT DO UPDATE SET count = count + 1, minor = minor + excluded.minor;
END;
CREATE TRIGGER tally_ended AFTER UPDATE OF state ON document
  WHEN NEW.state IN ('rejected','recalled','closed','reversed')
    AND OLD.state NOT IN ('posted','confirm_failed','confirmed','rejected','recalled','closed','reversed')
    AND EXISTS (SELECT 1 FROM approval WHERE document = NEW.id AND withdrawn_at IS NULL) BEGIN
  INSERT INTO tally VALUES (coalesce(NEW.book,''), NEW.connection, NEW.kind, NEW.currency, 'ended', 1, NEW.minor)
    ON CONFLICT DO UPDATE SET count = count + 1, minor = minor + excluded.minor;
END;
CREATE TRIGGER tally_sent AFTER INSERT ON attempt BEGIN
  INSERT INTO tally SELECT coalesce(d.book,''), d.connection, d.kind, d.currency, 'sent', 1, 0
    FROM intent i JOIN document d ON d.id = i.document WHERE i.id = NEW.intent
    ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER tally_refused AFTER UPDATE OF state ON intent WHEN NEW.state = 'refused' AND OLD.state <> 'refused' BEGIN
  INSERT INTO tally SELECT coalesce(d.book,''), d.connection, d.kind, d.currency, 'refused', 1, 0
    FROM document d WHERE d.id = NEW.document
    ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER tally_confirm_refused AFTER UPDATE OF state ON outbox
  WHEN NEW.state = 'refused' AND OLD.state <> 'refused' AND NEW.kind = 'confirm' BEGIN
  INSERT INTO tally SELECT coalesce(d.book,''), d.connection, d.kind, d.currency, 'confirm_refused', 1, d.minor
    FROM document d WHERE d.id = NEW.document
    ON CONFLICT DO UPDATE SET count = count + 1, minor = minor + excluded.minor;
END;

CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  pass TEXT NOT NULL CHECK (pass IN ('fetch','post')),
  started_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL
) STRICT;
CREATE INDEX run_ended ON run(ended_at);

-- standing figures at the end of the run, and what a fetch saw; the empty book is nobody's
CREATE TABLE run_total (
  run INTEGER NOT NULL REFERENCES run(id),
  book TEXT NOT NULL,
  connection TEXT NOT NULL,
  kind TEXT NOT NULL,
  currency TEXT NOT NULL,
  stage TEXT NOT NULL,
  count INTEGER NOT NULL,
  minor INTEGER NOT NULL,
  PRIMARY KEY (run, book, connection, kind, currency, stage)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER run_total_update BEFORE UPDATE ON run_total BEGIN SELECT RAISE(ABORT, 'run_total is append-only'); END;
CREATE TRIGGER run_total_delete BEFORE DELETE ON run_total BEGIN SELECT RAISE(ABORT, 'run_total is append-only'); END;

CREATE TABLE control_break (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run(id),
  book TEXT NOT NULL,
  currency TEXT NOT NULL,
  equation TEXT NOT NULL,
  text TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  closed_at INTEGER,
  closed_by TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  CHECK (closed_at IS NULL OR note <> '')
) STRICT;
CREATE UNIQUE INDEX control_break_open ON control_break(book, currency, equation) WHERE closed_at IS NULL;
CREATE TRIGGER control_break_delete BEFORE DELETE ON control_break
  BEGIN SELECT RAISE(ABORT, 'control breaks are never deleted'); END;

CREATE TABLE statement (
  id INTEGER PRIMARY KEY,
  book TEXT NOT NULL REFERENCES book(id),
  account TEXT NOT NULL,
  date TEXT NOT NULL,
  currency TEXT NOT NULL,
  minor INTEGER NOT NULL,
  entered_by TEXT NOT NULL,
  entered_at INTEGER NOT NULL
) STRICT;
CREATE INDEX statement_of ON statement(book, date);

CREATE TABLE reading (
  id INTEGER PRIMARY KEY,
  book TEXT NOT NULL REFERENCES book(id),
  period TEXT NOT NULL,
  source_at INTEGER,
  ledger_at INTEGER,
  documents_hash TEXT NOT NULL,
  ledger_hash TEXT NOT NULL,
  report_hash TEXT NOT NULL,
  checked TEXT NOT NULL,
  read_at INTEGER NOT NULL
) STRICT;
CREATE INDEX reading_of ON reading(book, period, id);

CREATE TABLE signoff (
  id INTEGER PRIMARY KEY,
  book TEXT NOT NULL REFERENCES book(id),
  period TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('preparer','reviewer')),
  person TEXT NOT NULL,
  single_person INTEGER NOT NULL CHECK (single_person IN (0,1)),
  signed_at INTEGER NOT NULL,
  documents_hash TEXT NOT NULL,
  ledger_hash TEXT NOT NULL,
  report_hash TEXT NOT NULL,
  documents TEXT NOT NULL,
  comments TEXT NOT NULL,
  audit_seq INTEGER NOT NULL,
  reopened_at INTEGER,
  reopened_by TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX signoff_in_force ON signoff(book, period, role) WHERE reopened_at IS NULL;
CREATE TRIGGER signoff_delete BEFORE DELETE ON signoff BEGIN SELECT RAISE(ABORT, 'sign-offs are never deleted'); END;

-- a period finds its records by their own dates, and the documents whose date was moved out of it
CREATE INDEX intent_dated ON intent(ledger, posting_date);
CREATE INDEX derivation_moved ON derivation(json_extract(content, '$.original_date'))
  WHERE json_extract(content, '$.original_date') IS NOT json_extract(content, '$.posting_date');
CREATE INDEX audit_at ON audit(at, seq);
