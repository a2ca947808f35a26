//! What the store's operations take and give.

mod card;
mod documents;
mod posting;
mod queue;
mod reads;
mod runs;
mod setup;
mod telling;

pub use card::*;
pub use documents::*;
pub use posting::*;
pub use queue::*;
pub use reads::*;
pub use runs::*;
pub use setup::*;
pub use telling::*;
