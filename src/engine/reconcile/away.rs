//! The ledger's side while a ledger that calls us is away: what its last visit brought, as of then, and what the next one
//! is to bring.

use jiff::{SignedDuration, Timestamp};

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::engine::visit::calls_us;
use crate::model::entry::Named;
use crate::store::{ConnectionRow, Health, PeriodRow};
use crate::systems::{Reading, ReadingAsk};
use crate::tieout::{ControlRole, Period};

/// What a visit brought counts as the ledger's present state for so long, while its visits are regular.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// What the last visit that was asked for it brought of a period.
pub(super) struct Last {
    /// The reading, or why there is none.
    pub reading: Result<Reading, String>,
    /// When it was read.
    pub read_at: Option<Timestamp>,
    /// `06:10: QuickBooks last came 3 h ago`: why it does not count as the present state.
    pub stale: Option<String>,
}

/// None: the ledger can be asked now. Otherwise its last reading of this span; unless that is as good as a new one, the
/// next visit brings another.
pub(super) async fn last(
    core: &Core,
    row: &ConnectionRow,
    period: Period,
    accounts: &[(Named, ControlRole)],
    rows: &[PeriodRow],
) -> Result<Option<Last>, EngineError> {
    if !calls_us(row) || row.health == Health::WrongCompany {
        return Ok(None);
    }
    let Some(away) = core.away(row).await? else { return Ok(None) };
    let ask = ReadingAsk {
        from: period.from,
        to: period.to,
        accounts: accounts.iter().map(|(n, _)| n.id.clone()).collect(),
        records: Vec::new(),
    };
    let words = serde_json::to_string(&ask).map_err(|e| EngineError::Refused(e.to_string()))?;
    let brought = core.store.readings(row.id.clone()).await?.into_iter().find(|w| w.ask == words);
    let now = core.now();
    let (reading, read_at) = match brought.and_then(|w| w.reading.zip(w.read_at)) {
        Some((text, at)) => (serde_json::from_str(&text).map_err(|e| e.to_string()), Some(at)),
        None => (Err(format!("{away}; this is read when it next comes")), None),
    };
    let changed = rows.iter().map(|r| r.row.changed_at).max();
    let young = |at: Timestamp| now.duration_since(at).abs() <= FRESH && changed.is_none_or(|c| c <= at);
    let current = reading.is_ok() && row.health == Health::Ok && read_at.is_some_and(young);
    if !current {
        core.store.want_reading(row.id.clone(), words, now).await?;
        core.touch();
    }
    let stale = match read_at.filter(|_| !current) {
        Some(at) => Some(format!("{}: {away}", core.clock_words(row, at).await?)),
        None => None,
    };
    Ok(Some(Last { reading, read_at, stale }))
}
