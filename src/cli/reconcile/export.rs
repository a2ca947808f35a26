//! A tie-out in files: the same contents as `tieout reconcile --format`, with what an auditor asks of a report beside
//! them: title, parameters, who and when, version, rows, totals, hashes (accounting.md, section 11).

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::cli::args::Part;
use crate::engine::evidence::{self, About, Sheet};
use crate::engine::outfile;
use crate::engine::reconcile::Reconciled;
use crate::model::canonical::sha256_hex;
use crate::model::people::Actor;
use crate::tui::ExportAsk;

use super::{lines, value};

/// How often a name that is taken is tried again with a number.
const TRIES: u32 = 100;

/// Writes it into a new folder inside of the one that was named; answers the new one's path.
///
/// # Errors
/// A sentence, when the folder is none or a file cannot be written.
pub fn write(
    done: &Reconciled,
    ask: &ExportAsk,
    zone: &TimeZone,
    by: &Actor,
    now: Timestamp,
) -> Result<String, String> {
    let parent = Path::new(&ask.folder);
    if !parent.is_dir() {
        return Err(format!("{} is no folder: name one that exists", parent.display()));
    }
    let r = &done.report;
    let folder = fresh(parent, &format!("tieout-{}-{}", r.book, r.period))?;
    let parameters = format!("book {}, period {}, report {}", r.book, r.period, done.hash);
    let about = |file: &str, title: &str, rows: usize, totals: String, bytes: &[u8]| About {
        file: file.into(),
        title: title.into(),
        book: r.book.clone(),
        parameters: parameters.clone(),
        ran_by: by.name.clone(),
        ran_at: now.to_string(),
        ran_at_book: now.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string(),
        program: format!("tieout {}", env!("CARGO_PKG_VERSION")),
        rows,
        totals,
        sha256: sha256_hex(bytes),
    };
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let mut contents: Vec<About> = Vec::new();
    if ask.csv {
        for s in sheets(done) {
            let (name, bytes) = (format!("{}.csv", s.name), s.csv().into_bytes());
            contents.push(about(&name, s.title, s.rows.len(), s.totals.clone(), &bytes));
            files.push((name, bytes));
        }
    }
    let items = r.bridge.items.len();
    if ask.json {
        let bytes = serde_json::to_vec_pretty(&value(done, None)).map_err(|e| e.to_string())?;
        contents.push(about("tieout.json", "Tie-out", items, r.checked.text.clone(), &bytes));
        files.push(("tieout.json".into(), bytes));
    }
    if ask.text {
        let body = text(done);
        let head = [
            format!("Tie-out of {} · {}", r.book, r.period),
            parameters.clone(),
            format!("{} · {} · tieout {}", by.name, now, env!("CARGO_PKG_VERSION")),
            format!(
                "{items} reconciling items · {} · SHA-256 of what follows {}",
                r.checked.text,
                sha256_hex(body.as_bytes())
            ),
            String::new(),
        ];
        let bytes = format!("{}\n{body}", head.join("\n")).into_bytes();
        let n = body.lines().count();
        contents.push(about("tieout.txt", "Tie-out", n, r.checked.text.clone(), &bytes));
        files.push(("tieout.txt".into(), bytes));
    }
    let list = json!({
        "title": format!("Tie-out of {} · {}", r.book, r.period),
        "book": r.book, "period": r.period, "report": done.hash, "documents": r.documents_hash,
        "ledger": r.ledger_hash, "checked": r.checked.text, "signed": done.signed.text,
        "ran_by": by.name, "ran_at": now.to_string(), "program": format!("tieout {}", env!("CARGO_PKG_VERSION")),
        "files": contents,
    });
    let pretty = serde_json::to_vec_pretty(&list).map_err(|e| e.to_string())?;
    files.push(("contents.json".into(), pretty));
    for (name, bytes) in &files {
        let path = folder.join(name);
        let written = outfile::write(&path, bytes, false);
        let _ = written.map_err(|e| format!("{} cannot be written: {e}", path.display()))?;
    }
    Ok(folder.display().to_string())
}

/// Every part as a table.
fn sheets(done: &Reconciled) -> Vec<Sheet> {
    let r = &done.report;
    vec![
        evidence::bridge(r),
        evidence::items(r),
        evidence::completeness(r),
        evidence::controls(r),
        evidence::by_cost_centre(r),
        evidence::by_party(r),
        evidence::accruals(r),
        evidence::signoffs(&done.signoffs, &done.hash, &done.signed),
    ]
}

/// What the command prints, all parts one after the other. Each line was made harmless.
fn text(done: &Reconciled) -> String {
    let mut out = lines(done, None, true);
    for part in [Part::Completeness, Part::Accruals] {
        // the head stands at the top already
        let more = lines(done, Some(part), true);
        let begins = more.iter().position(|l| l.starts_with("── ")).unwrap_or(0);
        out.push(String::new());
        out.extend(more.into_iter().skip(begins).take_while(|l| !l.contains("it cannot be signed")));
    }
    let clean = out.iter().map(|l| crate::model::text::harmless(l).into_owned());
    clean.collect::<Vec<_>>().join("\n") + "\n"
}

/// A folder that was not there before.
fn fresh(parent: &Path, name: &str) -> Result<PathBuf, String> {
    for n in 1..=TRIES {
        let path = parent.join(if n == 1 { name.to_string() } else { format!("{name}-{n}") });
        match outfile::folder(&path) {
            Ok(()) => return Ok(path),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(format!("{} cannot be made: {e}", path.display())),
        }
    }
    Err(format!("{} holds {TRIES} exports of this month already: name another folder", parent.display()))
}
