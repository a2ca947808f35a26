-- The last document of a payee in a state, by the source's own code of it.
CREATE INDEX document_of_payee ON document(book, kind, payee_code, state, n);
