//! The stand-ins that belong together: one Concur company and its ledgers, one fault plan.

use std::net::IpAddr;
use std::sync::Arc;

use axum::response::Response;
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde_json::Value;
use tokio::task::JoinHandle;

use super::concur::{Concur, FaultGate, READS};
use super::control::Documents;
use super::faults::{Faults, What, When};
use super::firm::Firm;
use super::quickbooks_desktop::CompanyFile;
use super::quickbooks_online::{QuickBooksOnline, fq_us};
use super::server::{Options, Sandbox, SandboxError};
use super::stand_in::StandIn;
use super::web_connector::{Enrolment, Http, QuickBooksDesktop, Tempo};

/// Why the stand-ins could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum AssemblyError {
    /// A port.
    #[error(transparent)]
    Server(#[from] SandboxError),
    /// The sample firm or its company contradicts itself.
    #[error("the sample data cannot be used: {0}")]
    Sample(String),
}

/// The PC of a company whose ledger calls us.
pub struct Pc {
    /// Its company file.
    pub company: CompanyFile,
    /// Who comes, and where to.
    pub enrolment: Enrolment,
    /// How fast the Web Connector's time goes.
    pub tempo: Tempo,
}

/// The ledgers of the firm that are there.
pub struct Cast {
    /// QuickBooks Online is served.
    pub online: bool,
    /// The PC with QuickBooks Desktop.
    pub pc: Option<Pc>,
}

/// Concur and the ledgers of the firm, served.
pub struct Stage {
    /// The servers.
    pub sandbox: Sandbox,
    /// Concur.
    pub concur: Arc<Concur>,
    /// QuickBooks Online; nobody reaches it where it is not served.
    pub ledger: Arc<QuickBooksOnline>,
    /// The PC with QuickBooks Desktop. Nothing comes from it before its schedule begins.
    pub desktop: Option<Arc<QuickBooksDesktop>>,
    /// The firm that Concur serves.
    pub firm: Firm,
    _deliveries: Deliveries,
}

/// Lets the fault plan stand around each operation of Concur.
struct Gate(Faults);

impl FaultGate for Gate {
    fn around<'a>(
        &'a self,
        operation: &'static str,
        run: BoxFuture<'a, Response>,
    ) -> BoxFuture<'a, Response> {
        if READS.contains(&operation) {
            Box::pin(self.0.apply_read("concur", operation, run))
        } else {
            Box::pin(self.0.apply("concur", operation, run))
        }
    }

    fn strikes(&self, operation: &'static str, what: What, when: When) -> bool {
        self.0.fires("concur", operation, what, when).is_some()
    }
}

/// The delivery of events, which ends with the stage.
struct Deliveries(JoinHandle<()>);

impl Drop for Deliveries {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// `POST /documents` goes to Concur.
struct ToConcur(Arc<Concur>);

impl Documents for ToConcur {
    fn add(&self, body: &Value) -> Result<Value, String> {
        self.0.add_documents(body)
    }
}

impl Stage {
    /// Concur with the documents of `firm` and QuickBooks Online, served on `listen`, with the business clock at `now` and
    /// running on.
    ///
    /// # Errors
    /// A port, or sample data that contradict themselves.
    pub async fn open(firm: Firm, listen: IpAddr, now: Timestamp) -> Result<Self, AssemblyError> {
        Self::open_with(firm, listen, now, Cast { online: true, pc: None }).await
    }

    /// [`Stage::open`] with other ledgers.
    ///
    /// # Errors
    /// A port, or sample data that contradict themselves.
    pub async fn open_with(
        firm: Firm,
        listen: IpAddr,
        now: Timestamp,
        cast: Cast,
    ) -> Result<Self, AssemblyError> {
        let faults = Faults::new();
        let concur = Concur::new(firm.clone(), Arc::new(Gate(faults.clone())), now);
        let ledger = QuickBooksOnline::new(fq_us::company(), faults.clone(), now)
            .map_err(|e| AssemblyError::Sample(e.to_string()))?;
        let mut stand_ins: Vec<Arc<dyn StandIn>> = vec![concur.clone()];
        if cast.online {
            stand_ins.push(ledger.clone());
        }
        let desktop = cast.pc.map(|pc| desktop(pc, &faults, now)).transpose()?;
        if let Some(desktop) = &desktop {
            stand_ins.push(desktop.clone());
        }
        let documents: Option<Arc<dyn Documents>> = Some(Arc::new(ToConcur(concur.clone())));
        let options = Options { listen, now, clock_runs: true, documents };
        let sandbox = Sandbox::start(stand_ins, faults, options).await?;
        let deliveries = Deliveries(tokio::spawn(concur.deliver_events()));
        Ok(Self { sandbox, concur, ledger, desktop, firm, _deliveries: deliveries })
    }

    /// Moves the business clock of all stand-ins.
    pub fn set_clock(&self, now: Timestamp) {
        self.sandbox.control().set_clock(now);
    }
}

fn desktop(pc: Pc, faults: &Faults, now: Timestamp) -> Result<Arc<QuickBooksDesktop>, AssemblyError> {
    let wire = Arc::new(Http::new(None).map_err(AssemblyError::Sample)?);
    Ok(QuickBooksDesktop::new(pc.company, pc.enrolment, wire, faults.clone(), pc.tempo, now))
}
