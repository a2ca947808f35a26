//! The screens: each a struct with its own model, update and view. The root routes.

pub mod activity;
pub mod audit;
pub mod connections;
pub mod document;
pub mod mappings;
pub mod queue;
pub mod tieout;

/// What the effects of every screen tell about themselves.
pub trait RoomEffect {
    /// Leaves the program's control or ends something: never made without a dialog before it.
    fn is_dangerous(&self) -> bool;
    /// Changes something anywhere: never made in read-only mode.
    fn changes(&self) -> bool;
    /// Questions of one slot replace each other; none: it is done in any case.
    fn slot(&self) -> Option<u8>;
    /// Somebody is typing: wait a little.
    fn debounce(&self) -> bool {
        false
    }
}
