//! Switches of the stand-in (contract, 10).
//!
//! | name | values | effect |
//! |---|---|---|
//! | `closed` | false, true, an HRESULT | BeginSession fails with 0x80040408 or the given code; an open session dies |
//! | `modal` | bool | BeginSession fails with 0x80040414 |
//! | `no_auto_login` | bool | BeginSession fails with 0x8004041D |
//! | `single_user` | bool | the file is open in another mode: BeginSession fails with 0x80040410 |
//! | `other_company` | false, true, `"refuses"` | another company file, without our FileID, is open and answers; or BeginSession fails with 0x8004040A |
//! | `begin_fails` | null, `{"hresult", "times"}` | the next sessions fail with a code of 5.3 |
//! | `kill_session` | true | the session ends now, its iterators with it |
//! | `crash_before_commit`, `crash_after_commit` | n, `{"times", "hresult"}` | the next n sets with a write end with 0x8004040D or the given code before or after they took effect; `"lost"`: nothing is delivered at all. The session is dead |
//! | `busy` | n, `{"times", "name", "lock": 0 to 4}` | the next n writes, or those that name a vendor or account, meet a lock; without `lock` the five texts take turns |
//! | `user_edit` | n | somebody changes the record just before each of the next n modifications |
//! | `edit` | `{"RefNumber" or "TxnID", "memo", "amount", "line"}` | somebody changes a transaction now: the memo, or the amount of one line |
//! | `delete` | `{"RefNumber" or "TxnID"}` | somebody deletes a transaction now |
//! | `pay` | `{"RefNumber" or "TxnID"}` | somebody pays a bill or uses up a credit now |
//! | `backup` | true | a backup is made now |
//! | `restored_backup` | true | the last backup, or the start, is restored: neither later transactions nor their memory are there |
//! | `rename` | `{"list", "from", "to"}` | a list element gets another name; `from` is its full name |
//! | `inactivate`, `activate` | `{"list", "name"}` | a list element becomes inactive or active |
//! | `closing_date` | null, a date | the last closed day |
//! | `closing_code` | 3171, 3180 | the code of a refusal because of the closing date |
//! | `dividing_date` | null, a date | an accountant's copy is out |
//! | `class_tracking` | bool | whether classes are tracked |
//! | `memory_lost` | 9002, 9005, `"forgotten"` | stored outcomes cannot be told any more, or nobody knows of them |
//! | `not_stored` | n | the outcomes of the next n sets are not kept (9005 on a replay) |
//! | `inquiry_unknown` | `"9002"`, `"registers"` | whether an inquiry for an unknown id leaves an empty set behind |
//! | `recovery` | `"ErrorRecovery"`, `"full"` | what a replayed write answers |
//! | `missing_numbers` | 1, 500 | the status when a RefNumber of a query is not there |
//! | `wrong_dst` | bool | the wrong offset in summer; on at the start |
//! | `raw_text` | `"refused"`, `"lost"` | characters above U+00FF that are not written as references |
//! | `supports` | a list of versions, `[]` | versions of qbXML that are known |
//! | `file_mode` | `"MultiUser"`, `"SingleUser"` | what HostQuery tells |
//! | `permission` | null, 3260, 3261, 3263 | every write is refused with the code |

use serde_json::Value;

use super::texts;

/// What is set.
#[derive(Debug, Clone)]
pub struct Switches {
    /// Codes with which the next sessions fail, and how often; `u64::MAX` until it is switched off.
    pub begin: Vec<(String, String, u64)>,
    /// Crashes before a set took effect.
    pub crash_before: Crash,
    /// Crashes after a set took effect.
    pub crash_after: Crash,
    /// Locks.
    pub busy: Option<Busy>,
    /// How many modifications meet a change by a user.
    pub user_edit: u64,
    /// How many outcomes are not kept.
    pub not_stored: u64,
    /// Whether an inquiry leaves an empty set.
    pub inquiry_registers: bool,
    /// Whether a replay answers in full.
    pub full_recovery: bool,
    /// Whether a missing RefNumber is told.
    pub missing_numbers: bool,
    /// Whether raw text above U+00FF is taken.
    pub raw_text: bool,
    /// Known versions; empty for those of the company file.
    pub supports: Vec<String>,
    /// `QBFileMode`.
    pub file_mode: String,
    /// The code that every write is refused with.
    pub permission: Option<u32>,
    /// The code of a refusal because of the closing date.
    pub closing_code: u32,
}

/// Crashes to come.
#[derive(Debug, Clone, Default)]
pub struct Crash {
    /// How many.
    pub times: u64,
    /// With which code; `lost` delivers nothing.
    pub hresult: String,
}

/// Locks to come.
#[derive(Debug, Clone)]
pub struct Busy {
    /// How many.
    pub times: u64,
    /// The name of what is locked; any without one.
    pub name: Option<String>,
    /// Which text; they take turns without one.
    pub lock: Option<usize>,
    /// How many there were.
    pub met: usize,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            begin: Vec::new(),
            crash_before: Crash::default(),
            crash_after: Crash::default(),
            busy: None,
            user_edit: 0,
            not_stored: 0,
            inquiry_registers: false,
            full_recovery: false,
            missing_numbers: false,
            raw_text: false,
            supports: Vec::new(),
            file_mode: "MultiUser".to_owned(),
            permission: None,
            closing_code: 3171,
        }
    }
}

impl Switches {
    /// Sets one that only concerns how requests are answered. False when it is none of them.
    pub fn set(&mut self, name: &str, value: &Value) -> Result<bool, String> {
        match name {
            "modal" => self.refuse(name, flag(value)?.then_some("0x80040414"), u64::MAX),
            "no_auto_login" => self.refuse(name, flag(value)?.then_some("0x8004041D"), u64::MAX),
            "single_user" => self.refuse(name, flag(value)?.then_some("0x80040410"), u64::MAX),
            "closed" => match value {
                Value::String(code) => self.refuse(name, Some(known(code)?), u64::MAX),
                _ => self.refuse(name, flag(value)?.then_some("0x80040408"), u64::MAX),
            },
            "begin_fails" => match value {
                Value::Null => self.refuse(name, None, 0),
                _ => {
                    let code = known(value["hresult"].as_str().unwrap_or_default())?;
                    self.refuse(name, Some(code), value["times"].as_u64().unwrap_or(1));
                }
            },
            "crash_before_commit" => self.crash_before = crash(value)?,
            "crash_after_commit" => self.crash_after = crash(value)?,
            "busy" => {
                self.busy = Some(Busy {
                    times: value
                        .as_u64()
                        .or_else(|| value["times"].as_u64())
                        .ok_or("busy needs a number of times")?,
                    name: value["name"].as_str().map(str::to_owned),
                    lock: value["lock"].as_u64().map(|at| at as usize % texts::LOCKS.len()),
                    met: 0,
                });
            }
            "user_edit" => self.user_edit = count(value)?,
            "not_stored" => self.not_stored = count(value)?,
            "inquiry_unknown" => self.inquiry_registers = word(value, ["9002", "registers"])?,
            "recovery" => self.full_recovery = word(value, ["ErrorRecovery", "full"])?,
            "raw_text" => self.raw_text = word(value, ["refused", "lost"])?,
            "file_mode" => {
                let single = word(value, ["MultiUser", "SingleUser"])?;
                self.file_mode = if single { "SingleUser" } else { "MultiUser" }.to_owned();
            }
            "missing_numbers" => self.missing_numbers = code(value, &[1, 500])? == 500,
            "closing_code" => self.closing_code = code(value, &[3171, 3180])?,
            "permission" => {
                self.permission =
                    if value.is_null() { None } else { Some(code(value, &[3260, 3261, 3263])?) };
            }
            "supports" => {
                let list = value.as_array().ok_or("supports is a list of versions")?;
                self.supports = list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Lets sessions fail because of a switch, or no longer.
    pub fn refuse(&mut self, name: &str, code: Option<&str>, times: u64) {
        self.begin.retain(|(known, _, _)| known != name);
        self.begin.extend(code.map(|code| (name.to_owned(), code.to_owned(), times)));
    }

    /// The code with which the session that begins now fails.
    pub fn refusal(&mut self) -> Option<String> {
        let first = self.begin.iter_mut().find(|(_, _, times)| *times > 0)?;
        if first.2 != u64::MAX {
            first.2 -= 1;
        }
        Some(first.1.clone())
    }
}

/// A truth value.
pub fn flag(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| format!("{value} is neither true nor false"))
}

fn count(value: &Value) -> Result<u64, String> {
    value.as_u64().ok_or_else(|| format!("{value} is no number of times"))
}

fn code(value: &Value, known: &[u32]) -> Result<u32, String> {
    let code = value.as_u64().and_then(|code| u32::try_from(code).ok());
    code.filter(|code| known.contains(code)).ok_or_else(|| format!("{value} is none of {known:?}"))
}

/// The second of two words is true.
fn word(value: &Value, words: [&str; 2]) -> Result<bool, String> {
    match value.as_str() {
        Some(text) if text == words[0] => Ok(false),
        Some(text) if text == words[1] => Ok(true),
        _ => Err(format!("{value} is none of {words:?}")),
    }
}

fn known(code: &str) -> Result<&str, String> {
    texts::raised(code).map(|_| code).ok_or_else(|| format!("{code} is no HRESULT of the contract"))
}

fn crash(value: &Value) -> Result<Crash, String> {
    let times =
        value.as_u64().or_else(|| value["times"].as_u64()).ok_or("a crash needs a number of times")?;
    let hresult = value["hresult"].as_str().unwrap_or("0x8004040D");
    if hresult != "lost" {
        known(hresult)?;
    }
    Ok(Crash { times, hresult: hresult.to_owned() })
}
