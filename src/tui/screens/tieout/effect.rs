//! What the tie-out wants done, what comes back, and what its forms are for.

use super::super::RoomEffect;

/// Something to be done outside of `update`.
#[derive(Debug, Clone)]
pub enum TieoutEffect {}

/// What came of it.
#[derive(Debug, Clone)]
pub enum TieoutMsg {}

/// What a form is for.
#[derive(Debug, Clone)]
pub enum TieoutForm {}

impl RoomEffect for TieoutEffect {
    fn is_dangerous(&self) -> bool {
        match *self {}
    }
    fn changes(&self) -> bool {
        match *self {}
    }
    fn slot(&self) -> Option<u8> {
        match *self {}
    }
}
