//! What the connections and books wants done, what comes back, and what its forms are for.

use super::super::RoomEffect;

/// Something to be done outside of `update`.
#[derive(Debug, Clone)]
pub enum ConnectionEffect {}

/// What came of it.
#[derive(Debug, Clone)]
pub enum ConnectionMsg {}

/// What a form is for.
#[derive(Debug, Clone)]
pub enum ConnectionForm {}

impl RoomEffect for ConnectionEffect {
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
