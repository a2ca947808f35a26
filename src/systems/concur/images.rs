//! Images of receipts and invoices (contract of Concur, section 8).
//!
//! Concur answers with XML that holds a link of fifteen minutes. The link is followed at once and kept nowhere, so it
//! cannot grow old; it is followed only to hosts of this connection, and never with the access token (reliability.md,
//! S10). What a file is, is read from its first bytes.

use super::call::{Call, Trouble, encoded, no_answer, no_place, refused, what_pace_hears};
use super::{Concur, HOSTS, errors, xml};
use crate::systems::{CallError, Paper, ReceiptHandle};
use crate::transport::receive::{MAX_BODY, is_too_much};
use crate::transport::{Allow, Heard, Method, Request};

/// The kind that pace knows.
const KIND: &str = "images";
/// Characters of an id in a file name.
const NAME: usize = 80;

impl Concur {
    /// The image under a handle; none when Concur has none.
    pub(super) async fn image(&self, handle: &ReceiptHandle) -> Result<Option<Paper>, CallError> {
        let (word, id) = match handle {
            ReceiptHandle::Receipt(id) => ("receipt", id.trim()),
            ReceiptHandle::Report(id) => ("report", id.trim()),
            ReceiptHandle::Invoice(id) => ("invoice", id.trim()),
        };
        if id.is_empty() {
            return Ok(None);
        }
        let mut call = Call::get(KIND, format!("/api/image/v1.0/{word}/{}", encoded(id)));
        call.headers.push(("Accept", "application/xml"));
        call.legacy = true;
        call.may_be_absent = true;
        let reply = self.call(call).await?;
        if reply.status == 404 {
            return Ok(None);
        }
        let link = xml::text_of(&reply.body, "Url")
            .map_err(|why| CallError::Shape(format!("the image of {word}: {why}")))?;
        let Some(link) = link else { return Ok(None) };
        let bytes = self.download(&link).await.map_err(|t| t.error)?;
        let (content_type, ending) = kind_of(&bytes).ok_or_else(|| {
            CallError::Refused("the image is neither PDF nor PNG nor JPEG; look at it in Concur".into())
        })?;
        Ok(Some(Paper { name: file_name(word, id, ending), content_type: content_type.into(), bytes }))
    }

    /// Follows a link to an allowed host, without the access token.
    async fn download(&self, link: &str) -> Result<Vec<u8>, Trouble> {
        self.may_follow(link).map_err(plain)?;
        self.link.pace.acquire(KIND).await.map_err(no_place)?;
        let request = Request {
            method: Method::Get,
            url: link.to_owned(),
            headers: vec![("Accept".into(), "*/*".into())],
            body: Vec::new(),
            timeout: self.link.request_timeout,
        };
        let reply = match self.link.net.exchange(request).await {
            Ok(reply) => reply,
            Err(e) => {
                let too_large = is_too_much(&e.to_string());
                self.link.pace.report(KIND, if too_large { Heard::Fine } else { Heard::Failed });
                return Err(if too_large { plain(too_long()) } else { no_answer(KIND, e) });
            }
        };
        self.link.pace.report(KIND, what_pace_hears(&reply));
        match reply.status {
            200 if reply.body.len() > MAX_BODY => Err(plain(too_long())),
            200 => Ok(reply.body),
            401 | 403 | 404 | 410 => Err(plain(CallError::Refused(format!(
                "the link to the image does not work ({}); links last fifteen minutes, ask again for a new one",
                reply.status
            )))),
            status => Err(refused(status, &reply)),
        }
    }

    /// The transport has this list too; here the refusal says what was refused.
    fn may_follow(&self, link: &str) -> Result<(), CallError> {
        let refused = |why: String| {
            CallError::Refused(format!(
                "Concur's link to the image leads elsewhere and is not followed: {}",
                errors::short(&why)
            ))
        };
        let mut allow =
            Allow::new(&self.link.tokens.base_url(), HOSTS).map_err(|e| refused(e.to_string()))?;
        for more in self.link.settings.get("data_centers").and_then(|v| v.as_array()).into_iter().flatten() {
            if let Some(url) = more.as_str() {
                allow = allow.with_origin(url).map_err(|e| refused(e.to_string()))?;
            }
        }
        allow.check(link).map(drop).map_err(|e| refused(e.to_string()))
    }
}

fn plain(error: CallError) -> Trouble {
    Trouble { error, reached: super::call::Reached::Perhaps }
}

fn too_long() -> CallError {
    CallError::Refused(format!(
        "the image is larger than {} MiB; attach it by hand if it is wanted in the ledger",
        MAX_BODY / (1024 * 1024)
    ))
}

/// Type and ending, by the first bytes.
fn kind_of(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let kinds: [(&[u8], &str, &str); 3] = [
        (b"%PDF-", "application/pdf", "pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
        (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    ];
    kinds.iter().find(|(start, _, _)| bytes.starts_with(start)).map(|(_, kind, ending)| (*kind, *ending))
}

/// Letters, digits and hyphens alone.
fn file_name(word: &str, id: &str, ending: &str) -> String {
    let id: String =
        id.chars().take(NAME).map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    format!("{word}-{id}.{ending}")
}

#[cfg(test)]
#[path = "images_tests.rs"]
mod tests;
