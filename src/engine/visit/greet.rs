//! Who answers: the company is checked before anything goes out (contract 2 and 6.2, step 5a).

use std::sync::Arc;

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::engine::visit::driver::Drive;
use crate::engine::visit::file;
use crate::engine::visit::notes::caller;
use crate::store::{ConnectionRow, Health};
use crate::systems::{CallError, Greeting};

impl Core {
    /// Checks who answers and sets the work going. Err: the sentence with which the visit ends; nothing was sent.
    pub(super) async fn welcome(
        self: &Arc<Self>,
        row: &ConnectionRow,
        visit: u64,
        greeting: &Greeting,
    ) -> Result<(), String> {
        let could_not = |e: EngineError| {
            self.tell(crate::engine::What::Alarm, None, None, format!("{}: {e}", row.id));
            format!("tieout could not begin: {e}")
        };
        let row = self.connection(&row.id).await.map_err(could_not)?;
        let open = self.wires.mailbox(&row.id).filter(|m| m.visit() == Some(visit));
        let (Some(mailbox), Some(hold)) = (open, self.visiting.hold()) else {
            return Err("tieout is not working now: run the update again in a moment".into());
        };
        let push = self.wires.push(&row).map_err(could_not)?;
        let answering = match push.greeted(greeting) {
            Ok(a) => a,
            Err(CallError::WrongCompany(why)) => return Err(self.wrong(&row, why).await),
            Err(e) => {
                let why = e.to_string();
                self.note_trouble(&row, &why, Health::Paused).await.map_err(could_not)?;
                return Err(why);
            }
        };
        if !answering.company.id.eq_ignore_ascii_case(&row.company) {
            let who = caller(&row);
            let meant =
                row.settings.get("company_name").and_then(|v| v.as_str()).unwrap_or(row.company.as_str());
            let why = format!(
                "the company file that is open in {who} is {}, not {meant}: open {meant} and run the update again",
                answering.company.name
            );
            return Err(self.wrong(&row, why).await);
        }
        self.right_company(&row).await.map_err(could_not)?;
        let now = self.now();
        let mut note = self.visit_note(&row.id).await.map_err(|e| could_not(e.into()))?;
        note.product.clone_from(&answering.product);
        note.qbxml.clone_from(&answering.language);
        note.company.clone_from(&answering.company.name);
        note.file_mode.clone_from(&answering.file_mode);
        // a copy has the same identity inside
        let another = file::another_file(&row, &mut note, &greeting.company_file)
            .or_else(|| note.other_restored.as_deref().map(|at| file::was_restored(&row, at)));
        if let Some(why) = another {
            self.store.put_visit(row.id.clone(), note, now).await.map_err(|e| could_not(e.into()))?;
            self.note_trouble(&row, &why, Health::Paused).await.map_err(could_not)?;
            self.touch();
            return Err(why);
        }
        if !greeting.company_file.trim().is_empty() {
            note.company_file.clone_from(&greeting.company_file);
        }
        if let Some(why) = &answering.unusable {
            self.store.put_visit(row.id.clone(), note, now).await.map_err(|e| could_not(e.into()))?;
            self.note_trouble(&row, why, Health::Paused).await.map_err(could_not)?;
            return Err(why.clone());
        }
        note.served_at = Some(now);
        note.trouble.clear();
        note.trouble_since = None;
        self.store.put_visit(row.id.clone(), note, now).await.map_err(|e| could_not(e.into()))?;
        if matches!(row.health, Health::Offline | Health::Paused) && self.posting_pause(&row.id).is_none() {
            let ok = self.store.set_health(row.id.clone(), Health::Ok, String::new(), now).await;
            ok.map_err(|e| could_not(e.into()))?;
        }
        let row = self.connection(&row.id).await.map_err(could_not)?;
        let id = row.id.clone();
        let drive = Drive::new(self.clone(), row, visit, hold, mailbox, push, answering.close_date);
        self.visiting.drive(&id, visit, |ended| {
            tokio::spawn(async move {
                drive.run().await;
                drop(ended);
            })
        });
        Ok(())
    }

    async fn wrong(&self, row: &ConnectionRow, why: String) -> String {
        let said = self.store.set_health(row.id.clone(), Health::WrongCompany, why.clone(), self.now()).await;
        if let Err(error) = said {
            tracing::error!(connection = %row.id, %error, "that another company answers was not kept");
        }
        self.tell(crate::engine::What::Connection, None, None, format!("{}: {why}", row.id));
        self.touch();
        why
    }

    /// Keeps why a visit brought nothing, and since when.
    pub(super) async fn note_trouble(
        &self,
        row: &ConnectionRow,
        why: &str,
        health: Health,
    ) -> Result<(), EngineError> {
        let now = self.now();
        let mut note = self.visit_note(&row.id).await?;
        note.trouble = why.to_string();
        note.trouble_since.get_or_insert(now);
        self.store.put_visit(row.id.clone(), note, now).await?;
        // another company answered last: nothing but the right one ends that
        if self.connection(&row.id).await?.health != Health::WrongCompany {
            self.store.set_health(row.id.clone(), health, why.to_string(), now).await?;
        }
        self.tell(crate::engine::What::Connection, None, None, format!("{}: {why}", row.id));
        Ok(())
    }
}
