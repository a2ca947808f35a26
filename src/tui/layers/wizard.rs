//! The wizard of a sign-in: how the secrets are kept, which system, what it needs, the consent, whose company it is.
//!
//! It holds what the screen shows. The sign-in itself is led by the engine under a number; what was typed is handed to it
//! as a secret and does not print.

mod draw;
mod handed;
mod steps;

use crossterm::event::{KeyCode, KeyEvent};
use secrecy::{ExposeSecret as _, SecretString};

use crate::engine::connect::{Connected, Consent, Field as Asked};
use crate::engine::connect_lead::{Next, Stuck};
use crate::systems::registry;
use crate::tui::effect::Effect;
use crate::tui::keys::ActionId;
use crate::tui::screens::connections::effect::ConnectionEffect;
use crate::tui::text::clean;

use super::confirm::plain;
use super::form::Value;
use super::{Form, Out};

pub use steps::{Setting, name_for};

/// Where the wizard stands.
#[derive(Debug, Clone)]
pub enum Stage {
    /// How the secrets are kept.
    Way(Form),
    /// The new passphrase, twice.
    Passphrase(Form),
    /// Which system, and the connection's name.
    System(Form),
    /// What the system needs.
    Questions(Form, Vec<Asked>),
    /// Waiting for what comes first: the engine says what is next.
    Waiting,
    /// A person consents on a page of the system.
    Consent(Box<Page>),
    /// Is this your company?
    Company(Box<Connected>),
    /// It is stored.
    Done(Box<Connected>),
}

/// The page where a person consents.
#[derive(Debug, Clone)]
pub struct Page {
    /// The page.
    pub consent: Consent,
    /// A page of this machine is waited for.
    pub listens: bool,
    /// What was pasted. It is shown as dots.
    pub pasted: SecretString,
    /// The address was pasted and is being looked at.
    pub taken: bool,
}

/// A password that was made just now is on the screen.
fn shows_password(c: &Connected) -> bool {
    c.handed.as_ref().is_some_and(|h| h.password.is_some())
}

/// The wizard.
#[derive(Debug, Clone)]
pub struct Wizard {
    /// The number of the sign-in.
    pub serial: u64,
    /// The connection that is signed in again; none: a new one.
    pub again: Option<String>,
    /// What people call the system, once it is chosen.
    pub system: String,
    /// The connection's name, once it is chosen.
    pub name: String,
    /// Where it stands.
    pub stage: Stage,
    /// What is being done.
    pub busy: Option<String>,
    /// What is wrong, where no field has it.
    pub error: Option<String>,
    /// What is known of the terminal and the home.
    pub setting: Setting,
    /// It is stored; the console reads it back.
    pub stored: Option<Box<Connected>>,
}

impl Wizard {
    /// A wizard for a new connection.
    pub fn new(serial: u64, setting: Setting) -> Self {
        let stage = if setting.ways.is_empty() {
            Stage::System(steps::system(&setting))
        } else {
            Stage::Way(steps::way(&setting))
        };
        let (system, name) = (String::new(), String::new());
        Self { serial, again: None, system, name, stage, busy: None, error: None, setting, stored: None }
    }

    /// A wizard that signs in again.
    pub fn again(serial: u64, name: &str, system: String, setting: Setting) -> Self {
        Self {
            serial,
            again: Some(name.to_string()),
            system,
            name: name.to_string(),
            stage: Stage::Waiting,
            busy: Some("reading what is known of it".into()),
            error: None,
            setting,
            stored: None,
        }
    }

    /// The system calls us: there is no sign-in.
    pub(super) fn calls_us(&self) -> bool {
        registry::all().iter().any(|e| e.title == self.system && e.calls_us())
    }

    fn run(effect: ConnectionEffect) -> Out {
        Out::Run(vec![Effect::ConnectionRoom(effect)])
    }

    fn leave(&self) -> Out {
        Out::CloseAndRun(vec![Effect::ConnectionRoom(ConnectionEffect::Leave { serial: self.serial })])
    }

    /// A key.
    pub fn key(&mut self, key: KeyEvent) -> Out {
        match &mut self.stage {
            Stage::Way(form) | Stage::Passphrase(form) | Stage::System(form) | Stage::Questions(form, _) => {
                match form.key(key) {
                    Out::Close => self.leave(),
                    Out::Submit(..) => self.submit(),
                    _ => {
                        if let Stage::System(form) = &mut self.stage {
                            steps::follow_system(form, &self.setting);
                        }
                        Out::Stay
                    }
                }
            }
            Stage::Waiting => match key.code {
                KeyCode::Esc => self.leave(),
                _ => Out::Stay,
            },
            Stage::Consent(_) => self.consent_key(key),
            // what is stored stays; the list behind shows it
            Stage::Company(_) if self.stored.is_some() && key.code == KeyCode::Esc => Out::Close,
            Stage::Company(_) if self.busy.is_some() => Out::Stay,
            Stage::Company(_) => {
                if plain(key, 'y') {
                    self.error = None;
                    self.busy = Some("storing it".into());
                    return Self::run(ConnectionEffect::Keep { serial: self.serial });
                }
                if key.code == KeyCode::Esc || plain(key, 'n') { self.leave() } else { Out::Stay }
            }
            // the password is shown this once: no stray key takes it away
            Stage::Done(c) if shows_password(c) => {
                if plain(key, 'y') {
                    return Out::Close;
                }
                if matches!(key.code, KeyCode::Esc | KeyCode::Enter) {
                    self.error =
                        Some("The password is not shown again. y closes once it is typed or noted.".into());
                }
                Out::Stay
            }
            Stage::Done(_) => match key.code {
                KeyCode::Esc | KeyCode::Enter => Out::Close,
                _ if plain(key, 'p') && self.setting.can_pair => Out::Act(ActionId::PairBook),
                _ if plain(key, 'n') => Out::Act(ActionId::NewConnection),
                _ => Out::Stay,
            },
        }
    }

    /// `y` and `o` act while nothing is pasted: an address begins with neither.
    fn consent_key(&mut self, key: KeyEvent) -> Out {
        if key.code == KeyCode::Esc {
            return self.leave();
        }
        let Stage::Consent(page) = &mut self.stage else { return Out::Stay };
        if page.taken {
            return Out::Stay;
        }
        let empty = page.pasted.expose_secret().is_empty();
        if empty && plain(key, 'y') {
            return Out::Run(vec![Effect::Copy(page.consent.url.clone())]);
        }
        if empty && plain(key, 'o') {
            if !self.setting.browser {
                self.error = Some("No browser can be opened from here. y copies the address.".into());
                return Out::Stay;
            }
            let url = page.consent.url.clone();
            return Self::run(ConnectionEffect::Browse { url });
        }
        if key.code == KeyCode::Enter {
            if empty {
                self.error = Some("Paste the address first, or let the browser come back by itself.".into());
                return Out::Stay;
            }
            self.error = None;
            page.taken = true;
            let address = page.pasted.clone();
            return Self::run(ConnectionEffect::Return { serial: self.serial, address });
        }
        let mut value = Value::Secret(page.pasted.clone());
        if value.key(key)
            && let Value::Secret(pasted) = value
        {
            page.pasted = pasted;
            self.error = None;
        }
        Out::Stay
    }

    /// A paste.
    pub fn paste(&mut self, text: &str) -> Out {
        match &mut self.stage {
            Stage::Way(form) | Stage::Passphrase(form) | Stage::System(form) | Stage::Questions(form, _) => {
                form.paste(text)
            }
            Stage::Consent(page) if !page.taken => {
                let mut value = Value::Secret(page.pasted.clone());
                value.paste(text);
                if let Value::Secret(pasted) = value {
                    page.pasted = pasted;
                }
                self.error = None;
                Out::Stay
            }
            _ => Out::Stay,
        }
    }

    /// The vault was made, or not.
    pub fn vault_made(&mut self, made: Result<(), String>) {
        match (made, &mut self.stage) {
            (Ok(()), Stage::Way(_) | Stage::Passphrase(_)) => {
                self.setting.ways.clear();
                self.setting.had_vault = false;
                self.stage = Stage::System(steps::system(&self.setting));
            }
            (Err(why), Stage::Way(form)) => form.refuse("way", why),
            (Err(why), Stage::Passphrase(form)) => form.refuse("passphrase", why),
            _ => {}
        }
    }

    /// What comes next; the effects that it takes.
    pub fn next(&mut self, title: Option<&'static str>, next: Result<Next, Stuck>) -> Vec<Effect> {
        if let Some(title) = title {
            self.system = title.to_string();
        }
        match next {
            Ok(next) => self.go(next),
            Err(stuck) => {
                self.busy = None;
                let why = clean(&stuck.why);
                match stuck.next {
                    Some(next) => {
                        let effects = self.go(next);
                        self.refuse(stuck.field, why);
                        effects
                    }
                    // lines to be copied stand on a page of their own
                    None if stuck.why.contains('\n') => {
                        self.stage = Stage::Waiting;
                        self.error = Some(stuck.why.lines().map(clean).collect::<Vec<_>>().join("\n"));
                        Vec::new()
                    }
                    None => {
                        self.refuse(stuck.field, why);
                        Vec::new()
                    }
                }
            }
        }
    }

    fn refuse(&mut self, field: Option<Asked>, why: String) {
        match &mut self.stage {
            Stage::System(form) => form.refuse("name", why),
            Stage::Questions(form, _) => form.refuse(field.map_or("", steps::key_of), why),
            Stage::Consent(page) => {
                page.taken = false;
                page.pasted = SecretString::default();
                self.error = Some(why);
            }
            _ => self.error = Some(why),
        }
    }

    fn go(&mut self, next: Next) -> Vec<Effect> {
        self.error = None;
        self.busy = None;
        let effect = match next {
            Next::Ask(asked) => {
                match &mut self.stage {
                    // asked once more: what was typed stands there still
                    Stage::Questions(form, fields) if asked.iter().all(|q| fields.contains(&q.field)) => {
                        form.busy = None;
                    }
                    _ => {
                        let fields = asked.iter().map(|q| q.field).collect();
                        self.stage = Stage::Questions(steps::questions(self, &asked), fields);
                    }
                }
                return Vec::new();
            }
            Next::Consent { consent, listens } => {
                let (pasted, taken) = (SecretString::default(), false);
                self.stage = Stage::Consent(Box::new(Page { consent, listens, pasted, taken }));
                if !listens {
                    return Vec::new();
                }
                ConnectionEffect::Listen { serial: self.serial }
            }
            Next::Ready => {
                let words = if self.calls_us() {
                    "looking at the answers".to_string()
                } else {
                    format!("signing in to {} and asking who answers", self.system)
                };
                match &mut self.stage {
                    Stage::Questions(form, _) => form.busy = Some(words),
                    _ => {
                        self.stage = Stage::Waiting;
                        self.busy = Some(words);
                    }
                }
                ConnectionEffect::Prove { serial: self.serial }
            }
        };
        vec![Effect::ConnectionRoom(effect)]
    }

    /// Who answers; the effects that a failure takes.
    pub fn proved(&mut self, proved: Result<Connected, Stuck>) -> Vec<Effect> {
        match proved {
            Ok(connected) => {
                self.busy = None;
                self.error = None;
                self.stage = Stage::Company(Box::new(connected));
                Vec::new()
            }
            Err(stuck) => self.next(None, Err(stuck)),
        }
    }

    /// It is stored, or not. The wizard goes on once the console has read it back: [`Wizard::settled`].
    pub fn kept(&mut self, kept: Result<Connected, Stuck>) {
        self.busy = None;
        match kept {
            Ok(connected) => {
                self.busy = Some("stored; reading it back".into());
                self.stored = Some(Box::new(connected));
            }
            Err(stuck) => self.error = Some(clean(&stuck.why)),
        }
    }

    /// The console knows the connection now.
    pub fn settled(&mut self, can_pair: bool) {
        if let Some(connected) = self.stored.take() {
            self.busy = None;
            self.setting.can_pair = can_pair && self.again.is_none();
            self.stage = Stage::Done(connected);
        }
    }
}
