//! Every row of a query, page after page. Pages are reads of their own: a row that moved between two of them may come
//! twice, or not at all. One that comes twice is taken once, and whether anything changed meanwhile is told.

use std::collections::BTreeSet;

use crate::model::ids::DocumentId;
use crate::store::{Query, Row, Store, StoreError};

/// Rows of one read.
const PAGE: u32 = 500;

/// A walk through a query.
pub struct Walk<'a> {
    store: &'a dyn Store,
    query: Query,
    seen: BTreeSet<DocumentId>,
    from: Option<DocumentId>,
    version: u64,
    over: bool,
}

impl<'a> Walk<'a> {
    /// At its beginning.
    pub async fn begin(store: &'a dyn Store, query: Query) -> Result<Self, StoreError> {
        let version = store.data_version().await?;
        Ok(Self { store, query, seen: BTreeSet::new(), from: None, version, over: false })
    }

    /// The next rows that were not seen yet; none: that was all.
    pub async fn next(&mut self) -> Result<Option<Vec<Row>>, StoreError> {
        if self.over {
            return Ok(None);
        }
        let ask = Query { from: self.from, limit: PAGE, ..self.query.clone() };
        let page = self.store.page(ask).await?;
        let last = page.rows.last().map(|r| r.id);
        let fresh: Vec<Row> = page.rows.into_iter().filter(|r| self.seen.insert(r.id)).collect();
        // rows that move on before the walk must not keep it going for ever
        self.over = !page.more || fresh.is_empty();
        self.from = last;
        Ok(Some(fresh))
    }

    /// Whether anything was written to the store since the walk began.
    pub async fn changed(&self) -> Result<bool, StoreError> {
        Ok(self.store.data_version().await? != self.version)
    }
}
