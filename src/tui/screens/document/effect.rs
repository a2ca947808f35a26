//! What the document screen wants done, what comes back, and what its forms are for.

use super::super::RoomEffect;

/// Something to be done outside of `update`.
#[derive(Debug, Clone)]
pub enum DocumentEffect {}

/// What came of it.
#[derive(Debug, Clone)]
pub enum DocumentMsg {}

/// What a form is for.
#[derive(Debug, Clone)]
pub enum DocumentForm {}

impl RoomEffect for DocumentEffect {
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
