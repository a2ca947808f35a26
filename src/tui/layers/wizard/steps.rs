//! The forms of the wizard, and what their answers become.

use secrecy::{ExposeSecret as _, SecretString};

use crate::engine::connect::{Field as Asked, Question};
use crate::engine::door::SHORTEST_PASSPHRASE;
use crate::engine::{VaultWay, WayOffer};
use crate::systems::registry;
use crate::tui::layers::Out;
use crate::tui::layers::form::{Answers, Field, Form, FormFor, Value};
use crate::tui::screens::connections::effect::{ConnectionEffect, ConnectionForm};
use crate::tui::widgets::Input;

use super::{Stage, Wizard};

/// What the wizard has to know of the terminal and the home.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Setting {
    /// Ways to a new vault; empty: the vault is there.
    pub ways: Vec<WayOffer>,
    /// The vault was there before the wizard.
    pub had_vault: bool,
    /// Names of connections that there are, with their systems.
    pub taken: Vec<(String, String)>,
    /// Somebody came over the network.
    pub remote: bool,
    /// A browser can be opened.
    pub browser: bool,
    /// A source and a ledger will be there: they can be tied into a book.
    pub can_pair: bool,
}

const PURPOSE: FormFor = FormFor::Connections(ConnectionForm::Wizard);

/// The name of a question's field in the form.
pub fn key_of(field: Asked) -> &'static str {
    match field {
        Asked::Company => "company",
        Asked::ClientId => "client_id",
        Asked::ClientSecret => "client_secret",
        Asked::RequestToken => "request_token",
        Asked::SystemId => "system_id",
        Asked::Redirect => "redirect",
        Asked::CompanyName => "company_name",
        Asked::User => "user",
        Asked::Minutes => "minutes",
        Asked::File => "file",
        Asked::Replace => "replace",
    }
}

/// How the secrets are kept.
pub fn way(setting: &Setting) -> Form {
    let mut lines = vec![
        "tieout keeps client secrets and sign-ins sealed in a vault in this home. Choose what opens it."
            .into(),
    ];
    lines.extend(setting.ways.iter().map(|w| format!("· {}: {}", w.title, w.help)));
    let options = setting.ways.iter().map(|w| (w.way.name().to_string(), w.title.to_string())).collect();
    let fields = vec![Field::choice("way", "Opened by", options, "").help("← and → choose; Enter goes on.")];
    Form::new(PURPOSE, "Where the secrets are kept", lines, fields, "go on")
}

fn passphrase() -> Form {
    let lines = vec![format!(
        "Choose a passphrase of {SHORTEST_PASSPHRASE} characters or more, and type it twice. tieout asks for it at \
         every start. Write it down where the firm keeps such things: nobody can recover it."
    )];
    let fields = vec![
        Field::secret("passphrase", "Passphrase").needed(),
        Field::secret("again", "The same again").needed(),
    ];
    Form::new(PURPOSE, "The passphrase of the vault", lines, fields, "make the vault")
}

/// A name for a new connection of a system that no other one has.
pub fn name_for(system: &str, taken: &[(String, String)]) -> String {
    let plain = registry::short(system);
    let free = |name: &String| taken.iter().all(|(n, _)| n != name);
    if free(&plain) {
        return plain;
    }
    // one more than are taken: one of them is free
    (2..=taken.len() + 2).map(|n| format!("{plain}-{n}")).find(free).unwrap_or(plain)
}

/// Which system, and the connection's name.
pub fn system(setting: &Setting) -> Form {
    let has = |fits: fn(&registry::Entry) -> bool| {
        setting.taken.iter().any(|(_, s)| registry::named(s).is_some_and(fits))
    };
    // the source first, then the ledger: what is still missing is offered
    let missing = |e: &&registry::Entry| {
        if e.source.is_some() { !has(|e| e.source.is_some()) } else { !has(|e| e.push.is_some()) }
    };
    let chosen = registry::all().iter().find(missing).or(registry::all().first());
    let chosen = chosen.map_or("", |e| e.name);
    let options = registry::all().iter().map(|e| (e.name.to_string(), e.title.to_string())).collect();
    let fields = vec![
        Field::choice("system", "System", options, chosen).help("← and → choose."),
        Field::text("name", "Name here", &name_for(chosen, &setting.taken))
            .needed()
            .help("How this connection is called in tieout: lower-case letters, digits and hyphens."),
    ];
    let lines = vec![
        "Which system shall tieout talk to? Spend comes from SAP Concur; it goes into a ledger. Nothing is posted \
         by connecting."
            .into(),
    ];
    Form::new(PURPOSE, "Connect a system", lines, fields, "go on")
}

/// The proposed name follows the chosen system until somebody types another one.
pub fn follow_system(form: &mut Form, setting: &Setting) {
    let answers = form.answers();
    let chosen = answers.text("system").to_string();
    let typed = answers.text("name").to_string();
    let proposed = registry::all().iter().any(|e| name_for(e.name, &setting.taken) == typed);
    if !proposed {
        return;
    }
    for f in form.fields.iter_mut().filter(|f| f.name == "name") {
        let name = name_for(&chosen, &setting.taken);
        if name != typed {
            f.value = Value::Text(Box::new(Input::with(&name)));
        }
    }
}

/// What the system needs.
pub fn questions(wizard: &Wizard, asked: &[Question]) -> Form {
    let fields = asked
        .iter()
        .map(|q| {
            let field = if q.secret {
                Field::secret(key_of(q.field), q.label)
            } else {
                Field::text(key_of(q.field), q.label, q.default.as_deref().unwrap_or_default())
            };
            field.needed().help(q.help.as_ref())
        })
        .collect();
    let mut lines = vec![format!("{} as {} needs:", wizard.system, wizard.name)];
    if wizard.calls_us() {
        lines.push(
            "Nothing is called: its Web Connector comes to tieout, with a password and a file that are made here."
                .into(),
        );
    }
    if asked.iter().any(|q| q.secret) {
        lines.push("What is secret is shown as dots and sealed in the vault.".into());
    }
    let title = match &wizard.again {
        Some(name) if wizard.calls_us() => format!("New password: {name}"),
        Some(name) => format!("Sign in again: {name}"),
        None => format!("Connect {}", wizard.system),
    };
    Form::new(PURPOSE, title, lines, fields, "go on")
}

impl Wizard {
    /// The form of this step was filled in.
    pub(super) fn submit(&mut self) -> Out {
        let serial = self.serial;
        match &mut self.stage {
            Stage::Way(form) => {
                let answers = form.answers();
                let chosen = answers.text("way");
                let Some(way) = self.setting.ways.iter().map(|w| w.way).find(|w| w.name() == chosen) else {
                    return Out::Stay;
                };
                if way == VaultWay::Passphrase {
                    self.stage = Stage::Passphrase(passphrase());
                    return Out::Stay;
                }
                form.busy = Some("making the vault".into());
                Self::run(ConnectionEffect::MakeVault { serial, way, passphrase: None })
            }
            Stage::Passphrase(form) => {
                let answers = form.answers();
                match twice(&answers) {
                    Err((field, why)) => {
                        form.refuse(field, why);
                        Out::Stay
                    }
                    Ok(passphrase) => {
                        form.busy = Some("making the vault".into());
                        let way = VaultWay::Passphrase;
                        Self::run(ConnectionEffect::MakeVault { serial, way, passphrase: Some(passphrase) })
                    }
                }
            }
            Stage::System(form) => {
                let answers = form.answers();
                let (system, name) = (answers.text("system").to_string(), answers.text("name").to_string());
                form.busy = Some("looking what it needs".into());
                self.name.clone_from(&name);
                self.system = registry::title(&system);
                Self::run(ConnectionEffect::Begin { serial, system, name })
            }
            Stage::Questions(form, fields) => {
                let answers = form.answers();
                let answers = fields.iter().map(|f| (*f, secret_of(&answers, key_of(*f)))).collect();
                form.error = None;
                form.busy = Some("looking at the answers".into());
                Self::run(ConnectionEffect::Answer { serial, answers })
            }
            _ => Out::Stay,
        }
    }

    /// Which step this is, and how many there are.
    pub fn step(&self) -> (usize, usize) {
        let first = usize::from(!self.setting.had_vault && self.again.is_none());
        let before = usize::from(self.again.is_none());
        // there is no page to consent on where the system calls us
        let consent = usize::from(!self.calls_us());
        let of = first + before + 2 + consent;
        let at = match &self.stage {
            Stage::Way(_) | Stage::Passphrase(_) => 1,
            Stage::System(_) => first + 1,
            Stage::Questions(..) | Stage::Waiting => first + before + 1,
            Stage::Consent(_) => first + before + 2,
            Stage::Company(_) | Stage::Done(_) => of,
        };
        (at, of)
    }
}

fn twice(answers: &Answers) -> Result<SecretString, (&'static str, String)> {
    let passphrase = secret_of(answers, "passphrase");
    let again = secret_of(answers, "again");
    if passphrase.expose_secret().chars().count() < SHORTEST_PASSPHRASE {
        return Err(("passphrase", format!("{SHORTEST_PASSPHRASE} characters or more are needed")));
    }
    if passphrase.expose_secret() != again.expose_secret() {
        return Err(("again", "the two are not the same".into()));
    }
    Ok(passphrase)
}

fn secret_of(answers: &Answers, name: &str) -> SecretString {
    answers.secret(name).cloned().unwrap_or_else(|| SecretString::from(answers.text(name)))
}
