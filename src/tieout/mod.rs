//! Pure: both sides of a period become the bridge, its reconciling items, control accounts, accruals and completeness
//! (accounting.md, sections 3, 11 and 12).
//!
//! Nothing here reads a store or a system: the engine gathers plain inputs, and every figure follows from them. All
//! amounts are integer minor units of the currency that stands beside them.

mod accruals;
mod bridge;
mod category;
mod compare;
mod completeness;
mod controls;
mod cuts;
mod equations;
mod input;
mod report;
mod side;
#[cfg(test)]
pub(crate) mod tests;

pub use accruals::{Accrual, AccrualLine, accruals, not_posted, spent_before};
pub use bridge::{Amounts, Bridge, BridgeLine, BridgeRow, bridge};
pub use category::{Category, ReconcilingItem};
pub use compare::{Difference, compare};
pub use completeness::{ArrivalDay, Completeness, Gap, ListedRow, completeness};
pub use controls::{ControlAccount, Explanation, controls};
pub use cuts::{Cut, by_cost_centre, by_party};
pub use equations::{Equation, Stage, Totals, equations};
pub use input::{
    ControlInput, ControlRole, CostLine, Held, Listed, Movement, OpenItem, Period, PeriodDocument, Record,
    RecordLine, Slotted, Statement,
};
pub use report::{Checked, Inputs, Report, report};
