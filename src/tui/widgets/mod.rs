//! Small pieces that several screens draw with.

pub mod chrome;
pub mod difference;
pub mod frame;
pub mod input;
pub mod list;

pub use frame::{boxed, put, rule, whole_words};
pub use input::Input;
pub use list::Cursor;
