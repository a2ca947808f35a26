-- What the queue shows, sorts and filters by, and the views that people keep.
ALTER TABLE document ADD COLUMN approver TEXT NOT NULL DEFAULT '';
ALTER TABLE document ADD COLUMN reference TEXT NOT NULL DEFAULT '';

-- as before, with what filters ask beside it: a page of a filtered list reads the index alone
DROP INDEX document_by_date;
CREATE INDEX document_by_date ON document(book, state, posting_date, id, minor, currency, kind);
DROP INDEX document_by_amount;
CREATE INDEX document_by_amount ON document(book, state, minor, id, currency, posting_date, kind);
CREATE INDEX document_by_kind ON document(book, state, kind, id);
CREATE INDEX document_by_finding ON document(book, state, finding, id);
CREATE INDEX document_by_currency ON document(book, state, currency, id);
CREATE INDEX document_by_approver ON document(book, state, approver, id);
CREATE INDEX document_by_cost ON document(book, state, cost_centres, id);
CREATE INDEX document_by_will_post ON document(book, state, will_post, id);

-- Every three letters that follow each other in what a document is searched by: a text that few documents have is found
-- without reading them all. It only narrows: what it finds is checked against the row.
CREATE VIRTUAL TABLE document_text USING fts5(
  words, content='', contentless_delete=1, detail=none, tokenize='trigram case_sensitive 1');

CREATE TABLE saved_view (
  person TEXT NOT NULL,
  name TEXT NOT NULL,
  tab TEXT NOT NULL,
  filter TEXT NOT NULL,
  sort TEXT NOT NULL,
  descending INTEGER NOT NULL CHECK (descending IN (0,1)),
  saved_at INTEGER NOT NULL,
  PRIMARY KEY (person, name)
) STRICT, WITHOUT ROWID;
