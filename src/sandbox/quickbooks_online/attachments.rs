//! Attachments (contract section 7.11): `POST /upload`, `POST /attachable`, `GET /download/{id}` and the signed address.
//!
//! The parts of an upload come in pairs by number, from 0 or 01, in any order; a file without metadata stays unlinked.
//! Each file is answered for itself, in the order of the numbers, in one 200.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::api::Answer;
use super::books::Row;
use super::fault::ApiFault;
use super::kind::Kind;
use super::multipart::{self, Part};
use super::reply::Reply;
use super::server::Call;
use super::state::State;
use super::wire::{self, Object};

/// A signed address is good for that long.
const SIGNED_FOR: SignedDuration = SignedDuration::from_mins(15);

/// Extension and media types that are taken.
const TYPES: &[(&str, &[&str])] = &[
    ("ai", &["application/postscript"]),
    ("csv", &["text/csv"]),
    ("doc", &["application/msword"]),
    ("docx", &["application/vnd.openxmlformats-officedocument.wordprocessingml.document"]),
    ("eps", &["application/postscript"]),
    ("gif", &["image/gif"]),
    ("jpeg", &["image/jpeg", "image/jpg"]),
    ("jpg", &["image/jpeg", "image/jpg"]),
    ("ods", &["application/vnd.oasis.opendocument.spreadsheet"]),
    ("pdf", &["application/pdf"]),
    ("png", &["image/png"]),
    ("rtf", &["text/rtf", "application/rtf"]),
    ("tif", &["image/tiff", "image/tif"]),
    ("txt", &["text/plain"]),
    ("xls", &["application/vnd.ms-excel", "application/vnd/ms-excel"]),
    ("xlsx", &["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"]),
    ("xml", &["text/xml", "application/xml"]),
];

/// Metadata and content of one number.
#[derive(Default)]
struct Pair<'a> {
    metadata: Option<&'a Part>,
    content: Option<&'a Part>,
}

/// `POST /upload`.
pub fn upload(state: &mut State, call: &Call) -> Answer {
    let parts = multipart::parts(call.header("content-type").unwrap_or_default(), &call.body)
        .map_err(|what| ApiFault::of("6041", format!("Invalid attachment : {what}"), ""))?;
    let mut pairs: BTreeMap<u32, Pair<'_>> = BTreeMap::new();
    for part in &parts {
        let (name, number) = part.name.rsplit_once('_').unwrap_or((part.name.as_str(), "0"));
        let number = number.parse().map_err(|_| ApiFault::unsupported(&part.name))?;
        let pair = pairs.entry(number).or_default();
        match name {
            "file_metadata" => pair.metadata = Some(part),
            "file_content" => pair.content = Some(part),
            _ => return Err(ApiFault::unsupported(&part.name)),
        }
    }
    if pairs.is_empty() {
        return Err(ApiFault::missing("file_content_01"));
    }
    let answers = pairs.into_values().map(|pair| match file(state, &pair) {
        Ok(value) => json!({"Attachable": value}),
        Err(fault) => json!({"Fault": fault.value()}),
    });
    let answers: Vec<Value> = answers.collect();
    Ok(json!({"AttachableResponse": answers}))
}

/// Takes one file in.
fn file(state: &mut State, pair: &Pair<'_>) -> Result<Object, ApiFault> {
    let content = pair.content.ok_or_else(|| ApiFault::missing("file_content"))?;
    let metadata = match pair.metadata {
        None => Map::new(),
        Some(part) => match serde_json::from_slice(&part.body) {
            Ok(Value::Object(metadata)) => metadata,
            _ => return Err(ApiFault::of("2000", "Invalid object : the metadata is no JSON object", "")),
        },
    };
    known(&metadata)?;
    let metadata = wire::clean_object(&metadata);
    let mut out = fields(state, &metadata, None)?;
    let name = match out.get("FileName").and_then(Value::as_str) {
        Some(name) => name.to_owned(),
        None => content.file_name.clone().ok_or_else(|| ApiFault::missing("FileName"))?,
    };
    let kind = wire::text(&metadata, "ContentType")?.unwrap_or_else(|| content.content_type.clone());
    let essence = kind.split(';').next().unwrap_or_default().trim().to_lowercase();
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default();
    let allowed = TYPES.iter().find(|(known, _)| *known == extension);
    if !allowed.is_some_and(|(_, types)| types.contains(&essence.as_str())) {
        let detail = format!("Invalid attachment : a file {name} of type {essence} is not supported");
        return Err(ApiFault::of("6041", detail, "ContentType"));
    }
    let bytes = if content.base64 {
        let text: Vec<u8> = content.body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        STANDARD
            .decode(text)
            .map_err(|_| ApiFault::of("6041", "Invalid attachment : the base64 is broken", ""))?
    } else {
        content.body.clone()
    };
    if bytes.is_empty() {
        return Err(ApiFault::of("6041", "Invalid attachment : the file is empty", ""));
    }
    out.insert("FileName".to_owned(), json!(name));
    out.insert("ContentType".to_owned(), json!(essence));
    out.insert("Size".to_owned(), json!(bytes.len()));
    let (now, zone) = (state.now, state.zone.clone());
    let mut value = state.books.insert(Kind::Attachable, out, now, &zone);
    let id = value.get("Id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let realm = &state.company.realm;
    value.insert("FileAccessUri".to_owned(), json!(format!("/v3/company/{realm}/download/{id}")));
    let value = state.books.amend(Kind::Attachable, &id, value);
    let signed = signed(state, &id);
    state.files.insert(id, bytes.into());
    let mut answered = value;
    answered.insert("TempDownloadUri".to_owned(), json!(signed));
    Ok(answered)
}

/// An attachable out of a request: a note without a file, or new links for a file that is there.
pub fn attachable(state: &State, body: &Object, old: Option<&Row>) -> Result<Object, ApiFault> {
    known(body)?;
    let mut out = fields(state, body, old)?;
    if old.is_none() && !out.contains_key("Note") {
        return Err(ApiFault::missing("Note"));
    }
    for key in ["FileName", "ContentType", "Size", "FileAccessUri"] {
        if let Some(kept) = old.and_then(|old| old.value.get(key)) {
            out.insert(key.to_owned(), kept.clone());
        }
    }
    Ok(out)
}

fn known(body: &Object) -> Result<(), ApiFault> {
    match body.keys().find(|key| !Kind::Attachable.knows(key)) {
        Some(unknown) => Err(ApiFault::unsupported(unknown)),
        None => Ok(()),
    }
}

/// What metadata and an attachable have in common: name, note and links.
fn fields(state: &State, body: &Object, old: Option<&Row>) -> Result<Object, ApiFault> {
    let mut out = Map::new();
    if let Some(name) = wire::text_within(body, "FileName", 0, 1000)? {
        out.insert("FileName".to_owned(), json!(name));
    }
    if let Some(note) = wire::text_within(body, "Note", 0, 2000)? {
        out.insert("Note".to_owned(), json!(note));
    }
    let links = match body.get("AttachableRef") {
        None => Vec::new(),
        Some(Value::Array(links)) => links.clone(),
        Some(_) => return Err(ApiFault::unsupported("AttachableRef")),
    };
    let links = links.iter().map(|link| linked(state, link, old)).collect::<Result<Vec<_>, _>>()?;
    if !links.is_empty() {
        out.insert("AttachableRef".to_owned(), json!(links));
    }
    Ok(out)
}

/// One link to an entity that is there (6050 for a type that takes none, 2500 for an id that is not there).
fn linked(state: &State, link: &Value, old: Option<&Row>) -> Result<Value, ApiFault> {
    let entity = link.get("EntityRef").ok_or_else(|| ApiFault::missing("AttachableRef.EntityRef"))?;
    let text = |key| entity.get(key).and_then(Value::as_str);
    let name = text("type").ok_or_else(|| ApiFault::missing("EntityRef.type"))?;
    let id = text("value").ok_or_else(|| ApiFault::missing("EntityRef.value"))?;
    let kind = Kind::parse(name)
        .filter(|kind| kind.is_transaction() || matches!(kind, Kind::Vendor | Kind::Customer));
    let kind = kind.ok_or_else(|| {
        ApiFault::of("6050", format!("Attachments are not supported for {name}"), "AttachableRef")
    })?;
    state.books.get(kind, id).ok_or_else(|| ApiFault::reference(kind.table(), id))?;
    let has = |row: &&Row| {
        let links = row.value.get("AttachableRef").and_then(Value::as_array).into_iter().flatten();
        links.filter_map(|link| link.get("EntityRef")).any(|one| one.get("value") == Some(&json!(id)))
    };
    let others = state.books.table(Kind::Attachable).into_iter().flat_map(|table| table.rows());
    let count = others.filter(|row| old.is_none_or(|old| old.id != row.id)).filter(has).count();
    if count >= 10_000 {
        return Err(ApiFault::business("There can be 10,000 attachments at most."));
    }
    let sent = link.get("IncludeOnSend").and_then(Value::as_bool).unwrap_or(false);
    Ok(json!({"EntityRef": {"type": kind.name(), "value": id}, "IncludeOnSend": sent}))
}

/// `GET /download/{id}`: the signed address as text.
pub fn download(state: &State, id: &str) -> Result<String, ApiFault> {
    if !state.files.contains_key(id) {
        return Err(ApiFault::not_found());
    }
    Ok(signed(state, id))
}

/// The signed address of a file, good for 15 minutes.
fn signed(state: &State, id: &str) -> String {
    let expires = state.now.checked_add(SIGNED_FOR).unwrap_or(state.now).as_second();
    format!("{}/files/{id}?expires={expires}&signature={}", state.base_url, signature(state, id, expires))
}

fn signature(state: &State, id: &str, expires: i64) -> String {
    let text = format!("{}|{id}|{expires}", state.access.client_secret);
    URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()))
}

/// `GET /files/{id}?expires=…&signature=…`: the bytes, without a token. 403 when the address is wrong or too old.
pub fn stored(state: &State, call: &Call) -> Reply {
    let id = call.part(1);
    let expires = call.param("expires").and_then(|text| text.parse::<i64>().ok()).unwrap_or_default();
    let fresh = Timestamp::from_second(expires).is_ok_and(|expires| state.now < expires);
    let signed = call.param("signature") == Some(&signature(state, id, expires));
    match state.files.get(id).filter(|_| fresh && signed) {
        Some(bytes) => Reply::Raw(StatusCode::OK, "application/octet-stream", bytes.to_vec()),
        None => Reply::Raw(StatusCode::FORBIDDEN, "text/plain", b"Request has expired".to_vec()),
    }
}
