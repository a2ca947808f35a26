//! What the store's operations take and give.

mod accounts;
mod audit;
mod card;
mod correcting;
mod documents;
mod mappings;
mod papers;
mod posting;
mod proposing;
mod queue;
mod reads;
mod runs;
mod setup;
mod telling;
mod visits;

pub use accounts::*;
pub use audit::*;
pub use card::*;
pub use correcting::*;
pub use documents::*;
pub use mappings::*;
pub use papers::*;
pub use posting::*;
pub use proposing::*;
pub use queue::*;
pub use reads::*;
pub use runs::*;
pub use setup::*;
pub use telling::*;
pub use visits::*;
