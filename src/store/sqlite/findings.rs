//! Findings as rows, for groups and search, and as the list shows the first of them.

use rusqlite::params;

use crate::model::finding::{Finding, Level};
use crate::store::sqlite::derive::derivation;
use crate::store::sqlite::doc::Doc;
use crate::store::sqlite::fail::Done;
use crate::store::sqlite::transition::counts_findings;
use crate::store::sqlite::tx::Tx;

/// All findings of a document.
pub fn replace(tx: &Tx<'_>, doc: &mut Doc, findings: &[Finding]) -> Done<()> {
    tx.c.prepare_cached("DELETE FROM finding WHERE document = ?")?.execute([doc.key()])?;
    for (n, f) in (0i64..).zip(findings) {
        insert(tx, doc, n, f)?;
    }
    show(tx, doc, findings)
}

/// One more, kept in the derivation too.
pub fn add(tx: &Tx<'_>, doc: &mut Doc, finding: &Finding) -> Done<()> {
    let known: i64 =
        tx.c.prepare_cached("SELECT count(*) FROM finding WHERE document = ? AND code = ? AND value = ?")?
            .query_row(params![doc.key(), finding.code.name(), finding.value], |r| r.get(0))?;
    if known > 0 {
        return Ok(());
    }
    let n: i64 =
        tx.c.prepare_cached("SELECT coalesce(max(n), -1) + 1 FROM finding WHERE document = ?")?
            .query_row([doc.key()], |r| r.get(0))?;
    insert(tx, doc, n, finding)?;
    let all = match derivation(tx.c, doc.id)? {
        Some(mut d) => {
            d.findings.push(finding.clone());
            tx.c.prepare_cached("UPDATE derivation SET content = ? WHERE document = ?")?
                .execute(params![serde_json::to_string(&d)?, doc.key()])?;
            d.findings
        }
        None => vec![finding.clone()],
    };
    show(tx, doc, &all)
}

fn insert(tx: &Tx<'_>, doc: &Doc, n: i64, f: &Finding) -> Done<()> {
    let level = match f.code.level() {
        Level::Blocks => "blocks",
        Level::Warns => "warns",
    };
    tx.c.prepare_cached(
        "INSERT INTO finding(document, n, code, value, brief, level, book, open) VALUES (?,?,?,?,?,?,?,?)",
    )?
    .execute(params![
        doc.key(),
        n,
        f.code.name(),
        f.value,
        f.brief,
        level,
        doc.book.as_ref().map(|b| b.as_str()),
        counts_findings(doc.state)
    ])?;
    Ok(())
}

/// The first finding, blocking ones before warnings, and what the search finds.
fn show(tx: &Tx<'_>, doc: &mut Doc, findings: &[Finding]) -> Done<()> {
    let first = findings.iter().find(|f| f.blocks()).or_else(|| findings.first());
    let count = i64::try_from(findings.len()).unwrap_or(i64::MAX);
    // the payee as the list shows it is another one than the source's where a vendor was found
    // and so are the ledger's numbers, where some of it is posted
    let shown: String = tx
        .c
        .prepare_cached(
            "SELECT payee || char(10) || cost_centres || coalesce(char(10) || (SELECT group_concat(number, char(10))
               FROM intent WHERE document = ?1 AND state = 'done'), '') FROM document WHERE id = ?1",
        )?
        .query_row([doc.key()], |r| r.get(0))?;
    let words: Vec<String> = std::iter::once(shown.to_lowercase())
        .chain(findings.iter().map(|f| format!("{}\n{}", f.code.name(), f.brief).to_lowercase()))
        .collect();
    // the part of the document itself ends where the findings begin
    let own = doc.search_base.split('\u{1}').next().unwrap_or_default();
    let base = format!("{own}\u{1}{}", words.join("\n"));
    tx.c.prepare_cached(
        "UPDATE document SET finding = ?, finding_brief = ?, findings = ?, search_base = ?, search = ? WHERE id = ?",
    )?
    .execute(params![
        first.map_or("", |f| f.code.name()),
        first.map_or("", |f| f.brief.as_str()),
        count,
        base,
        crate::store::sqlite::transition::search_text(&base, doc.state, &doc.reason),
        doc.key()
    ])?;
    doc.search_base = base;
    Ok(())
}
