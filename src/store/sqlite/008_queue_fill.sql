-- Runs after 008_queue.sql, where `folded` (lower case as everywhere in the program) is known.

-- Documents of an older program: the payee and the cost centres that they were derived to stand in the columns alone, and
-- the filters for them are narrowed by this text. Behind char(1) stands what the next derivation replaces.
UPDATE document SET search_base = search_base
  || CASE WHEN instr(search_base, char(1)) > 0 THEN char(10) ELSE char(1) END
  || folded(payee || char(10) || cost_centres);
UPDATE document SET search = search_base || char(10) || state || char(10) || folded(reason);
UPDATE document SET reference = coalesce(
  (SELECT json_extract(v.content, '$.set.entries[0].reference') FROM derivation v WHERE v.document = document.id), '');

INSERT INTO document_text(rowid, words) SELECT n, search FROM document;
CREATE TRIGGER document_text_new AFTER INSERT ON document BEGIN
  INSERT INTO document_text(rowid, words) VALUES (NEW.n, NEW.search);
END;
-- the state in it may be an old one: a text that is part of a state's name is not looked for here
CREATE TRIGGER document_text_change AFTER UPDATE OF search_base, reason ON document
  WHEN NEW.search_base <> OLD.search_base OR NEW.reason <> OLD.reason
BEGIN
  DELETE FROM document_text WHERE rowid = OLD.n;
  INSERT INTO document_text(rowid, words) VALUES (NEW.n, NEW.search);
END;
