//! A document as the operations that change it read it.

use rusqlite::{OptionalExtension, params};

use crate::model::document::DocumentKind;
use crate::model::ids::{BookId, ConnectionId, DocumentId};
use crate::model::money::Currency;
use crate::model::state::State;
use crate::store::sqlite::convert::{count, named, named_or_none};
use crate::store::sqlite::fail::{Done, Fail};
use crate::store::sqlite::tx::Tx;
use crate::store::types::StoreError;

/// Acknowledgement, as the column has it.
pub mod ack {
    /// Not asked.
    pub const NO: i64 = 0;
    /// In the outbox.
    pub const ASKED: i64 = 1;
    /// Accepted.
    pub const ACCEPTED: i64 = 2;
    /// Refused.
    pub const REFUSED: i64 = 3;
}

/// Who holds a held document, as the column has it.
pub mod hold {
    /// A person: nothing but a release ends it.
    pub const PERSON: &str = "person";
    /// A derivation: the next one may end it.
    pub const RULE: &str = "rule";
    /// The check right before posting, or a closed period: the approval stands.
    pub const CHECK: &str = "check";
}

/// What the operations need of a document.
#[derive(Debug, Clone)]
pub struct Doc {
    pub id: DocumentId,
    pub connection: ConnectionId,
    pub book: Option<BookId>,
    pub kind: DocumentKind,
    pub source_id: String,
    pub family: String,
    pub revision: String,
    pub state: State,
    pub version: u64,
    pub hold: String,
    pub derive_due: bool,
    pub ack: i64,
    pub taken_by: String,
    pub number: String,
    pub payee_code: String,
    pub payee_is_employee: bool,
    pub currency: Option<Currency>,
    pub minor: i64,
    pub search_base: String,
    pub reason: String,
    /// Rises with each arrival, whatever the clock says.
    pub n: i64,
}

const COLUMNS: &str = "id, connection, book, kind, source_id, family, revision, state, version, hold, derive_due, ack, \
                       taken_by, number, payee_code, payee_is_employee, currency, minor, search_base, reason, n";

fn read(r: &rusqlite::Row<'_>) -> rusqlite::Result<Doc> {
    Ok(Doc {
        id: named(r, 0)?,
        connection: ConnectionId(r.get(1)?),
        book: r.get::<_, Option<String>>(2)?.map(BookId),
        kind: named(r, 3)?,
        source_id: r.get(4)?,
        family: r.get(5)?,
        revision: r.get(6)?,
        state: named(r, 7)?,
        version: count(r.get(8)?),
        hold: r.get(9)?,
        derive_due: r.get(10)?,
        ack: r.get(11)?,
        taken_by: r.get(12)?,
        number: r.get(13)?,
        payee_code: r.get(14)?,
        payee_is_employee: r.get(15)?,
        currency: named_or_none(r, 16)?,
        minor: r.get(17)?,
        search_base: r.get(18)?,
        reason: r.get(19)?,
        n: r.get(20)?,
    })
}

impl Doc {
    /// By id.
    pub fn load(tx: &Tx<'_>, id: DocumentId) -> Done<Doc> {
        let sql = format!("SELECT {COLUMNS} FROM document WHERE id = ?");
        let found = tx.c.prepare_cached(&sql)?.query_row([id.to_string()], read).optional()?;
        found.ok_or_else(|| Fail::Store(StoreError::Missing(format!("document {id}"))))
    }

    /// By id, when its version is the expected one (0: any).
    pub fn expect(tx: &Tx<'_>, id: DocumentId, version: u64) -> Done<Doc> {
        let doc = Doc::load(tx, id)?;
        if version != 0 && doc.version != version {
            return Err(doc.stale(&format!("version {version}")));
        }
        Ok(doc)
    }

    /// By its identity at the source.
    pub fn by_source(
        tx: &Tx<'_>,
        connection: &ConnectionId,
        kind: DocumentKind,
        source_id: &str,
    ) -> Done<Option<Doc>> {
        let sql =
            format!("SELECT {COLUMNS} FROM document WHERE connection = ? AND kind = ? AND source_id = ?");
        let key = params![connection.as_str(), kind.name(), source_id];
        Ok(tx.c.prepare_cached(&sql)?.query_row(key, read).optional()?)
    }

    /// All of a source id, whatever the kind.
    pub fn of_source_id(tx: &Tx<'_>, connection: &ConnectionId, source_id: &str) -> Done<Vec<Doc>> {
        let mut all = Vec::new();
        for kind in DocumentKind::ALL {
            all.extend(Doc::by_source(tx, connection, kind, source_id)?);
        }
        Ok(all)
    }

    /// Other members of the family.
    pub fn family(&self, tx: &Tx<'_>) -> Done<Vec<Doc>> {
        if self.family.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT {COLUMNS} FROM document WHERE connection = ? AND family = ? AND kind = ? AND id <> ? ORDER BY id"
        );
        let mut s = tx.c.prepare_cached(&sql)?;
        let key = params![self.connection.as_str(), self.family, self.kind.name(), self.id.to_string()];
        let rows = s.query_map(key, read)?;
        Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
    }

    /// What the caller expected is not what is there.
    pub fn stale(&self, expected: &str) -> Fail {
        Fail::Store(StoreError::Stale {
            expected: format!("{}: {expected}", self.number),
            found: format!("{}, version {}", self.state, self.version),
        })
    }

    /// The id as text.
    pub fn key(&self) -> String {
        self.id.to_string()
    }

    /// The currency's code; empty when it has none.
    pub fn code(&self) -> &'static str {
        self.currency.map_or("", Currency::code)
    }
}
