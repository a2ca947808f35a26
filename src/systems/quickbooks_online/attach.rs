//! Papers of records (contract 7.11). A failed upload never touches the record: it has a state of its own (accounting.md,
//! section 15).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::model::canonical::sha256_hex;
use crate::model::entry::EntryKind;
use crate::systems::{AttachedPaper, CallError, Paper, Put};

use super::faults::Fault;
use super::query::{Entity, Query};
use super::send::Body;
use super::wire_lists::id_of;
use super::write::{Written, of_fault, refusal};
use super::{Client, entity_of};

/// Bytes of one upload, at most.
const LARGEST: usize = 100 * 1024 * 1024;
/// Endings that QuickBooks takes.
const ENDINGS: [&str; 16] = [
    "ai", "csv", "doc", "docx", "eps", "gif", "jpg", "jpeg", "ods", "pdf", "png", "rtf", "tif", "tiff",
    "txt", "xls",
];
/// Faults of a content that may be taken in another encoding.
const CONTENT: [u32; 2] = [6040, 6041];

impl Client {
    /// Uploads a paper and links it. Raw bytes first; a content that was refused goes once more as base64.
    pub(super) async fn upload(&self, kind: EntryKind, id: String, paper: Paper) -> Result<Put, CallError> {
        if let Some(put) = unsuitable(&paper) {
            return Ok(put);
        }
        let entity = entity_of(kind);
        match self.upload_as(entity, &id, &paper, false).await? {
            Ok(put) => Ok(put),
            Err(fault) if fault.has(&CONTENT) => {
                let again = self.upload_as(entity, &id, &paper, true).await?;
                Ok(again.unwrap_or_else(|fault| refusal(&fault)))
            }
            Err(fault) => Ok(refusal(&fault)),
        }
    }

    async fn upload_as(
        &self,
        entity: Entity,
        id: &str,
        paper: &Paper,
        base64: bool,
    ) -> Result<Result<Put, Fault>, CallError> {
        let body = form(entity, id, paper, base64);
        let answer = match self.write("upload", &[], body).await? {
            Written::Made(answer) => answer,
            Written::Fault(fault) => return Ok(Err(fault)),
            Written::Put(put) => return Ok(Ok(put)),
        };
        let items = answer.body.get("AttachableResponse").and_then(Value::as_array);
        let Some(item) = items.and_then(|i| i.first()) else {
            return Ok(Ok(Put::Unknown("QuickBooks answered an upload without a result".into())));
        };
        // HTTP 200 with a fault for the file
        let fault = ["Fault", "fault"].iter().find_map(|k| item.get(*k)).filter(|f| !f.is_null());
        if let Some(fault) = fault {
            return Ok(match of_fault(Fault::from_value(fault).unwrap_or_default(), None)? {
                Written::Fault(fault) => Err(fault),
                Written::Put(put) => Ok(put),
                Written::Made(_) => Ok(Put::Unknown("QuickBooks answered an upload strangely".into())),
            });
        }
        let made = item.get("Attachable").map(|a| id_of(Entity::Attachable, a));
        Ok(Ok(match made {
            Some(Ok(id)) => Put::Done { id },
            _ => Put::Unknown("QuickBooks answered an upload without an id".into()),
        }))
    }

    /// The papers that a record has: asked before anything is uploaded again.
    pub(super) async fn papers_of(
        &self,
        kind: EntryKind,
        id: String,
    ) -> Result<Vec<AttachedPaper>, CallError> {
        let found = self.read_all(vec![Query::papers(entity_of(kind), &id)]).await?;
        let rows = found.lists.into_iter().flat_map(|l| l.rows);
        rows.map(|row| {
            let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_string();
            let size = match row.get("Size") {
                Some(Value::Number(n)) => n.as_u64(),
                Some(Value::String(s)) => s.parse().ok(),
                _ => None,
            };
            Ok(AttachedPaper {
                id: id_of(Entity::Attachable, &row)?,
                name: text("FileName"),
                size: size.unwrap_or_default(),
            })
        })
        .collect()
    }
}

/// What QuickBooks would refuse is not sent.
fn unsuitable(paper: &Paper) -> Option<Put> {
    let refused = |code: &str, message: String| Some(Put::Refused { code: code.into(), message });
    let ending = paper.name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    if paper.bytes.is_empty() {
        return refused("6040", format!("{} is empty", paper.name));
    }
    if paper.bytes.len() > LARGEST {
        return refused("6030", format!("{} is larger than the 100 MB that QuickBooks takes", paper.name));
    }
    if !ENDINGS.contains(&ending.as_str()) && !matches!(ending.as_str(), "xlsx" | "xml") {
        return refused("6041", format!("QuickBooks takes no files such as {}", paper.name));
    }
    None
}

/// The two parts: what the file belongs to, and the file.
fn form(entity: Entity, id: &str, paper: &Paper, base64: bool) -> Body {
    let name: String = paper.name.chars().filter(|c| !c.is_control()).take(1000).collect();
    let about = json!({
        "AttachableRef": [{"EntityRef": {"type": entity.name(), "value": id}, "IncludeOnSend": false}],
        "FileName": name,
        "ContentType": paper.content_type,
    });
    // a boundary that the content does not hold
    let mut boundary = format!("tieout-{}", sha256_hex(&paper.bytes).get(..32).unwrap_or_default());
    while contains(&paper.bytes, boundary.as_bytes()) {
        boundary = format!("tieout-{}", sha256_hex(boundary.as_bytes()).get(..32).unwrap_or_default());
    }
    let plain = |text: &str| -> String {
        let safe = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\') || c == ' ';
        text.chars().map(|c| if safe(c) { c } else { '_' }).collect()
    };
    let encoding = if base64 { "Content-Transfer-Encoding: base64\r\n" } else { "" };
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file_metadata_01\"; filename=\"metadata.json\"\r\n\
         Content-Type: application/json; charset=UTF-8\r\n\r\n{about}\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"file_content_01\"; filename=\"{}\"\r\n\
         Content-Type: {}\r\n{encoding}\r\n",
        plain(&name),
        plain(&paper.content_type)
    );
    let mut bytes = head.into_bytes();
    if base64 {
        bytes.extend_from_slice(STANDARD.encode(&paper.bytes).as_bytes());
    } else {
        bytes.extend_from_slice(&paper.bytes);
    }
    bytes.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    Body { bytes, content_type: format!("multipart/form-data; boundary={boundary}") }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|w| w == part)
}
