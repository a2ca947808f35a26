//! The secrets of signatures, from the vault. They are kept for a moment, so that a flood of deliveries is no flood of
//! reads.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::transport::redact;

/// How long secrets are kept in memory: a new one counts after this.
const KEPT: Duration = Duration::from_secs(5);

type Kept = HashMap<&'static str, (Instant, Arc<Vec<SecretString>>)>;

/// The secrets by system.
pub struct Keys {
    core: Arc<Core>,
    held: Mutex<Kept>,
}

impl Keys {
    /// Over the vault of a home.
    pub fn new(core: Arc<Core>) -> Self {
        Self { core, held: Mutex::default() }
    }

    /// The secrets of all connections of a system.
    pub async fn of(
        &self,
        system: &'static str,
        fields: &'static [&'static str],
    ) -> Result<Arc<Vec<SecretString>>, EngineError> {
        let mut held = self.held.lock().await;
        if let Some((at, secrets)) = held.get(system)
            && at.elapsed() < KEPT
        {
            return Ok(secrets.clone());
        }
        let mut found: Vec<SecretString> = Vec::new();
        for row in self.core.store.connections().await?.iter().filter(|r| r.system == system) {
            for field in fields {
                let Some(secret) = self.core.wires.secret(&row.id, field).await? else { continue };
                redact::live().register(&format!("{}/{field}", row.id), &secret);
                let known = found.iter().any(|s| s.expose_secret() == secret.expose_secret());
                if !known && !secret.expose_secret().is_empty() {
                    found.push(secret);
                }
            }
        }
        let found = Arc::new(found);
        held.insert(system, (Instant::now(), found.clone()));
        Ok(found)
    }
}
