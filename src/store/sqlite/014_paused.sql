-- Books that rest because a connection rests: only these go on when the connection does. A book that a person paused by
-- itself is not among them.
CREATE TABLE rested (
  book TEXT NOT NULL REFERENCES book(id),
  connection TEXT NOT NULL REFERENCES connection(id),
  PRIMARY KEY (book, connection)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER book_goes_on AFTER UPDATE OF paused ON book WHEN NEW.paused = 0 BEGIN
  DELETE FROM rested WHERE book = NEW.id;
END;
