-- Which documents stand on which rule, and since when a rule holds: kept beside derivations and versions, never written by hand.
CREATE TABLE rule_use (
  book TEXT NOT NULL,
  rule INTEGER NOT NULL,
  document TEXT NOT NULL REFERENCES document(id),
  PRIMARY KEY (book, rule, document)
) STRICT, WITHOUT ROWID;
CREATE INDEX rule_use_of ON rule_use(document);

CREATE TABLE rule_count (
  book TEXT NOT NULL,
  rule INTEGER NOT NULL,
  documents INTEGER NOT NULL CHECK (documents >= 0),
  PRIMARY KEY (book, rule)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER rule_use_more AFTER INSERT ON rule_use BEGIN
  INSERT INTO rule_count(book, rule, documents) VALUES (NEW.book, NEW.rule, 1)
    ON CONFLICT(book, rule) DO UPDATE SET documents = documents + 1;
END;
CREATE TRIGGER rule_use_less AFTER DELETE ON rule_use BEGIN
  UPDATE rule_count SET documents = documents - 1 WHERE book = OLD.book AND rule = OLD.rule;
END;

CREATE TABLE rule_since (
  book TEXT NOT NULL REFERENCES book(id),
  rule INTEGER NOT NULL,
  version INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (book, rule)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER mapping_version_since AFTER INSERT ON mapping_version BEGIN
  INSERT OR IGNORE INTO rule_since(book, rule, version, at)
    SELECT NEW.book, json_extract(r.value, '$.id'), NEW.version, NEW.created_at
    FROM json_each(NEW.content, '$.rules') r;
  INSERT OR IGNORE INTO rule_since(book, rule, version, at)
    SELECT NEW.book, json_extract(g.value, '$.id'), NEW.version, NEW.created_at
    FROM json_each(NEW.content, '$.guards') g;
END;

-- what a store of an older program holds already
INSERT OR IGNORE INTO rule_since(book, rule, version, at)
  SELECT v.book, json_extract(r.value, '$.id'), v.version, v.created_at
  FROM mapping_version v, json_each(v.content, '$.rules') r ORDER BY v.book, v.version;
INSERT OR IGNORE INTO rule_use(book, rule, document)
  SELECT d.book, w.atom, v.document
  FROM derivation v JOIN document d ON d.id = v.document, json_tree(v.content, '$.set') w
  WHERE w.key = 'rule' AND w.type = 'integer' AND d.book IS NOT NULL;

-- Who took a rule away in which version; rule 0: whole-document rules were changed or reordered. `document` of a rule
-- that was for one document alone. And whose document that changed: such a person does not approve it.
CREATE TABLE rule_removal (
  book TEXT NOT NULL REFERENCES book(id),
  rule INTEGER NOT NULL,
  version INTEGER NOT NULL,
  document TEXT NOT NULL DEFAULT '',
  person TEXT NOT NULL,
  PRIMARY KEY (book, rule, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX rule_removal_of ON rule_removal(document, version) WHERE document <> '';
CREATE TABLE derivation_editor (
  document TEXT NOT NULL REFERENCES document(id),
  rule INTEGER NOT NULL,
  version INTEGER NOT NULL,
  person TEXT NOT NULL,
  PRIMARY KEY (document, rule)
) STRICT, WITHOUT ROWID;
