//! What the activity screen wants done, what comes back, and what its forms are for.

use super::super::RoomEffect;

/// Something to be done outside of `update`.
#[derive(Debug, Clone)]
pub enum ActivityEffect {}

/// What came of it.
#[derive(Debug, Clone)]
pub enum ActivityMsg {}

/// What a form is for.
#[derive(Debug, Clone)]
pub enum ActivityForm {}

impl RoomEffect for ActivityEffect {
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
