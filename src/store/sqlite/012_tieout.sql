-- Comments on reconciling items of a period: the newest of an item counts, and only for the figures that it was said of.
CREATE TABLE item_comment (
  id INTEGER PRIMARY KEY,
  book TEXT NOT NULL REFERENCES book(id),
  period TEXT NOT NULL,
  item TEXT NOT NULL,
  figures TEXT NOT NULL,
  text TEXT NOT NULL CHECK (text <> ''),
  person TEXT NOT NULL,
  said_at INTEGER NOT NULL
) STRICT;
CREATE INDEX item_comment_of ON item_comment(book, period, item, id);
