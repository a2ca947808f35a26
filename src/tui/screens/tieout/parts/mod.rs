//! The parts of the tie-out: each makes its sections out of a report.

pub mod accruals;
pub mod bridge;
pub mod completeness;
pub mod controls;
pub mod cuts;
pub mod items;
pub mod signoff;

use jiff::tz::TimeZone;

use crate::engine::accruals::Accrued;
use crate::engine::reconcile::Reconciled;
use crate::model::money::Currency;
use crate::tieout::Report;
use crate::tui::format::amount;
use crate::tui::text::width;

use super::sheet::Section;

/// From so many columns the kinds of documents have columns of their own.
pub const WIDE: usize = 100;
/// From so many columns two currencies stand beside each other.
pub const TWO_CURRENCIES: usize = 80;

/// A part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// From the source to the ledger.
    #[default]
    Bridge,
    /// Against the source's own lists.
    Completeness,
    /// Control accounts.
    Controls,
    /// By account and class.
    ByCostCentre,
    /// By party.
    ByParty,
    /// The accrual list.
    Accruals,
    /// Sign-off.
    SignOff,
}

impl Part {
    /// All, in the order of the line that names them.
    pub const ALL: [Part; 7] = [
        Part::Bridge,
        Part::Completeness,
        Part::Controls,
        Part::ByCostCentre,
        Part::ByParty,
        Part::Accruals,
        Part::SignOff,
    ];

    /// Its name; short for narrow screens.
    pub fn name(self, wide: bool) -> &'static str {
        match (self, wide) {
            (Part::Bridge, _) => "Bridge",
            (Part::Completeness, true) => "Completeness",
            (Part::Completeness, false) => "Complete",
            (Part::Controls, _) => "Controls",
            (Part::ByCostCentre, true) => "By cost centre",
            (Part::ByCostCentre, false) => "Centres",
            (Part::ByParty, true) => "By party",
            (Part::ByParty, false) => "Parties",
            (Part::Accruals, _) => "Accruals",
            (Part::SignOff, _) => "Sign-off",
        }
    }

    /// `✓` or `!` where it was checked by itself; none: it says nothing, or all is well where silence means it.
    pub fn mark(self, r: &Report) -> Option<&'static str> {
        match self {
            Part::Completeness => Some(if r.completeness.agrees() && sound(r) { "✓" } else { "!" }),
            Part::Controls => r.controls.iter().any(|a| !(a.explained.ok && a.adds_up)).then_some("!"),
            Part::SignOff => (!r.breaks.is_empty()).then_some("!"),
            _ => None,
        }
    }
}

/// No equation is broken.
fn sound(r: &Report) -> bool {
    r.breaks.is_empty() && r.equations.iter().all(|e| e.holds()) && r.bridge.records.0 == r.bridge.records.1
}

/// What the sections are made from.
pub struct Made<'a> {
    /// The report with what belongs to it.
    pub done: &'a Reconciled,
    /// Columns of the screen.
    pub columns: usize,
    /// The book's zone.
    pub zone: &'a TimeZone,
    /// First of the other currencies that is shown.
    pub page: usize,
    /// The currency that is split by kind; none: the home currency.
    pub split: Option<Currency>,
    /// What accrual journals would be, once it was asked for.
    pub plan: Option<&'a Result<Accrued, String>>,
    /// Who looks at it acts alone.
    pub single: bool,
}

impl Made<'_> {
    /// With columns for each kind.
    pub fn wide(&self) -> bool {
        self.columns >= WIDE
    }
}

/// The sections of a part.
pub fn sections(part: Part, made: &Made<'_>) -> Vec<Section> {
    match part {
        Part::Bridge => {
            let mut all = vec![bridge::section(made), items::section(made), controls::section(made)];
            all.extend(items::earlier(made));
            all
        }
        Part::Completeness => completeness::sections(made),
        Part::Controls => controls::part(made),
        Part::ByCostCentre => vec![cuts::by_cost_centre(made)],
        Part::ByParty => vec![cuts::by_party(made)],
        Part::Accruals => accruals::sections(made),
        Part::SignOff => signoff::sections(made),
    }
}

/// The widest of these amounts, and at least so many columns.
pub fn widest(amounts: impl IntoIterator<Item = (i64, Currency)>, least: usize) -> usize {
    amounts.into_iter().map(|(m, c)| width(&amount(m, c))).fold(least, usize::max)
}
