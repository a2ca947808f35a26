-- What the last sign-in of a connection told, and when the system answered last.
CREATE TABLE sign_in_note (
  connection TEXT PRIMARY KEY REFERENCES connection(id),
  company_name TEXT NOT NULL,
  region TEXT NOT NULL,
  scopes TEXT NOT NULL,
  signed_in_by TEXT NOT NULL,
  signed_in_at INTEGER NOT NULL,
  sign_in_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE contact_note (
  connection TEXT PRIMARY KEY REFERENCES connection(id),
  answered_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
