//! Iterators: they live inside one session (contract, 4.3).

use std::collections::HashMap;

use super::list_queries::Found;
use super::texts::{self, Status};
use super::validate::Iterate;

struct Running {
    query: &'static str,
    keys: Vec<(usize, usize)>,
    at: usize,
}

/// The iterators of one session.
#[derive(Default)]
pub struct Iterators {
    running: HashMap<String, Running>,
    made: u64,
}

/// One page of an iterator.
#[derive(Debug)]
pub struct Page {
    /// What is on it.
    pub keys: Vec<(usize, usize)>,
    /// `iteratorID`.
    pub id: String,
    /// `iteratorRemainingCount`.
    pub remaining: usize,
}

impl Iterators {
    /// The next page. `found` runs the query; it is called at the start only. `gone` tells keys that are no longer there.
    pub fn page(
        &mut self,
        session: u64,
        query: &'static str,
        how: &Iterate,
        most: Option<usize>,
        found: impl FnOnce() -> Result<Found, Status>,
        gone: impl Fn(usize) -> bool,
    ) -> Result<Page, Status> {
        let id = match how {
            Iterate::Start => {
                most.ok_or_else(|| texts::missing("MaxReturned"))?;
                self.made += 1;
                let id = format!("{{{session:08x}-0000-4000-8000-{:012x}}}", self.made);
                self.running.insert(id.clone(), Running { query, keys: found()?.keys, at: 0 });
                id
            }
            Iterate::Continue(id) => id.clone(),
            Iterate::Stop(id) => {
                self.running.remove(id).ok_or_else(|| texts::bad_iterator(id))?;
                return Ok(Page { keys: Vec::new(), id: id.clone(), remaining: 0 });
            }
        };
        let most = most.ok_or_else(|| texts::missing("MaxReturned"))?.max(1);
        let running = self
            .running
            .get_mut(&id)
            .filter(|one| one.query == query)
            .ok_or_else(|| texts::bad_iterator(&id))?;
        let end = running.keys.len().min(running.at.saturating_add(most));
        let keys = running.keys[running.at..end].iter().copied().filter(|(at, _)| !gone(*at)).collect();
        running.at = end;
        let remaining = running.keys.len() - end;
        if remaining == 0 {
            self.running.remove(&id);
        }
        Ok(Page { keys, id, remaining })
    }
}
