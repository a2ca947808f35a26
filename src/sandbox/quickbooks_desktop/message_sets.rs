//! The memory of message sets, one for each application in each company file (contract, 6.1).

use std::collections::BTreeMap;

use super::process::Answer;
use super::switches::Switches;
use super::validate::MessageSet;

/// Longest id of a message set.
const LONGEST: usize = 24;
/// Forgets everything of the application.
const ALL: &str = "ClearAllMessageSets";

/// The outcome of one set.
#[derive(Debug, Clone)]
pub struct Stored {
    text: String,
    answers: Vec<Answer>,
    /// Set when the outcome cannot be told any more: 9002 or 9005.
    lost: Option<u32>,
}

/// Outcomes by application and id.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    sets: BTreeMap<(String, String), Stored>,
}

/// What to do with a set.
#[derive(Debug)]
pub enum Verdict {
    /// Carry it out; keep the outcome under the id, if there is one.
    Run(Option<String>),
    /// Answer with what is stored.
    Replay(Vec<Answer>),
    /// Answer with a status of the whole set and nothing else.
    Status(u32),
}

impl Memory {
    /// Judges a set before anything is carried out.
    pub fn judge(&mut self, application: &str, text: &str, set: &MessageSet, switches: &Switches) -> Verdict {
        let long = |id: &Option<String>| id.as_ref().is_some_and(|id| id.chars().count() > LONGEST);
        if long(&set.new_id) || long(&set.old_id) {
            return Verdict::Status(9004);
        }
        let key = |id: &str| (application.to_owned(), id.to_owned());
        let asked = set.old_id.is_some() && set.old_id == set.new_id && set.requests.is_empty();
        if let Some(new) = &set.new_id {
            match self.sets.get(&key(new)) {
                Some(stored) if asked || stored.text == text => {
                    return match stored.lost {
                        Some(code) => Verdict::Status(code),
                        None => Verdict::Replay(stored.answers.clone()),
                    };
                }
                Some(_) => return Verdict::Status(9001),
                None if asked => {
                    if switches.inquiry_registers {
                        let empty = Stored { text: text.to_owned(), answers: Vec::new(), lost: None };
                        self.sets.insert(key(new), empty);
                    }
                    return Verdict::Status(9002);
                }
                None => {}
            }
        }
        if let Some(old) = &set.old_id {
            let known = if old == ALL {
                self.sets.retain(|(app, _), _| app != application);
                true
            } else {
                self.sets.remove(&key(old)).is_some()
            };
            if set.requests.is_empty() && set.new_id.is_none() {
                return Verdict::Status(if known { 0 } else { 600 });
            }
        }
        Verdict::Run(set.new_id.clone())
    }

    /// Keeps an outcome; with a code, only that there was one.
    pub fn keep(&mut self, application: &str, id: &str, text: &str, answers: &[Answer], lost: Option<u32>) {
        let stored = Stored { text: text.to_owned(), answers: answers.to_vec(), lost };
        self.sets.insert((application.to_owned(), id.to_owned()), stored);
    }

    /// Makes all outcomes untellable (9002, 9005) or forgets that there were any.
    pub fn lose(&mut self, code: Option<u32>) {
        match code {
            Some(code) => self.sets.values_mut().for_each(|stored| stored.lost = Some(code)),
            None => self.sets.clear(),
        }
    }

    /// Ids of an application's stored sets.
    pub fn ids(&self, application: &str) -> Vec<String> {
        self.sets.keys().filter(|(app, _)| app == application).map(|(_, id)| id.clone()).collect()
    }
}
