//! Lists in both directions, and the trial, against the stand-ins.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where something is not there"
)]

#[path = "common/extra.rs"]
mod extra;

use std::time::Duration;

use extra::{Home, QBO, fault};
use serde_json::{Value, json};
use tieout::cli::seed::BOOK;
use tieout::engine::Ask;
use tieout::mapping::TrialVerdict;
use tieout::model::book::{Leads, ListPair, ReferencePolicy};
use tieout::model::finding::FindingCode;
use tieout::model::lists::{End, ProposedAction};
use tieout::model::rule::DimensionKind;
use tieout::model::{BookId, State};
use tieout::sandbox::faults::{What, When};
use tieout::sandbox::stand_in::StandIn as _;
use tieout::store::{ProposalRow, ProposalStep};

const SHORT: Duration = Duration::from_secs(1);

fn book() -> BookId {
    BookId::from(BOOK)
}

fn concur_items(home: &Home) -> Vec<Value> {
    home.stage.concur.more_records()["listItems"].as_array().unwrap().clone()
}

/// The id of Concur's list of cost centres.
fn centres(home: &Home) -> String {
    let items = concur_items(home);
    let item = items.iter().find(|i| i["shortCode"] == "CC450").unwrap_or_else(|| panic!("{items:#?}"));
    item["lists"][0]["id"].as_str().unwrap().to_string()
}

async fn policy(home: &Home, reference: ReferencePolicy) {
    home.book(|b| b.settings.reference = reference).await;
}

async fn compare(home: &Home) -> Vec<ProposalRow> {
    home.office().compare_lists(book()).await.unwrap();
    home.store().proposals(book(), false).await.unwrap()
}

fn about<'a>(rows: &'a [ProposalRow], subject: &str) -> &'a ProposalRow {
    rows.iter()
        .find(|r| r.proposal.subject == subject)
        .unwrap_or_else(|| panic!("no proposal about {subject}"))
}

fn of_kind(home: &Home, kind: &str) -> Vec<Value> {
    home.records().into_iter().filter(|(k, _)| k == kind).map(|(_, v)| v).collect()
}

async fn blocked_by(home: &Home, number: &str) -> Option<FindingCode> {
    home.card(number).await.row.finding
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supplier_is_proposed_made_when_somebody_says_so_and_frees_its_invoice() {
    let home = Home::sample().await;
    let refused = home.office().compare_lists(book()).await.unwrap_err().to_string();
    assert!(refused.contains("compares no lists"), "{refused}");
    policy(&home, ReferencePolicy { vendors: Leads::Source, ..ReferencePolicy::default() }).await;
    let before = of_kind(&home, "Vendor").len();
    let rows = compare(&home).await;
    assert_eq!(of_kind(&home, "Vendor").len(), before, "nothing is made unasked");
    let row = about(&rows, "V2114");
    assert_eq!((row.proposal.end, row.proposal.action), (End::Ledger, ProposedAction::Create));
    let caution = row.proposal.caution.clone().unwrap();
    assert!(caution.contains("Pier Nine Couriers LLC"), "{caution}");
    assert!(!row.proposal.impossible);
    let creates = rows.iter().filter(|r| r.proposal.action == ProposedAction::Create).count();
    let done = home.office().apply_proposals(book(), vec![row.id]).await.unwrap();
    let id = done[0].1.clone().unwrap();
    assert_eq!(of_kind(&home, "Vendor").len(), before + 1);
    let vendor = home.record("Vendor", &id);
    assert_eq!(vendor["AcctNum"], "V2114");
    let terms = of_kind(&home, "Term");
    for (field, _, after) in &row.proposal.fields {
        let mut there = vendor.to_string();
        if field == "terms" {
            let term = terms.iter().find(|t| t["Id"] == vendor["TermRef"]["value"]).unwrap();
            there = format!("{} days", term["DueDays"]);
        }
        assert!(there.contains(after.as_str()), "{field} {after} is not in {there}");
    }
    assert!(vendor.get("Vendor1099").is_none_or(|v| v == false), "never marked for 1099");
    let card = home.card("P9C-3321").await;
    assert_eq!(card.row.state, State::Ready, "{}", card.row.reason);
    let findings = card.derived.unwrap().findings;
    assert!(findings.iter().any(|f| f.code == FindingCode::NewVendor && !f.blocks()), "{findings:?}");
    // once more: settled, nothing twice
    let again = home.office().apply_proposals(book(), vec![row.id]).await.unwrap();
    assert!(again[0].1.is_err());
    let rows = compare(&home).await;
    assert!(rows.iter().all(|r| r.proposal.subject != "V2114"));
    assert_eq!(rows.iter().filter(|r| r.proposal.action == ProposedAction::Create).count(), creates - 1);
    assert_eq!(of_kind(&home, "Vendor").len(), before + 1);
    assert_eq!(home.store().verify_audit().await.unwrap().map(|n| n > 0), Ok(true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vendor_whose_answer_was_lost_is_settled_by_the_next_comparison() {
    let home = Home::sample().await;
    policy(&home, ReferencePolicy { vendors: Leads::Source, ..ReferencePolicy::default() }).await;
    let before = of_kind(&home, "Vendor").len();
    let rows = compare(&home).await;
    let row = about(&rows, "V2114");
    home.arm(fault(QBO, "vendor", What::DropReply, When::After, 1));
    let done = home.office().apply_proposals(book(), vec![row.id]).await.unwrap();
    assert!(done[0].1.is_err(), "not known is not done");
    assert!(home.fired("quickbooks_online/vendor/drop_reply") > 0);
    home.faults().clear();
    let rows = compare(&home).await;
    assert!(rows.iter().all(|r| r.proposal.subject != "V2114"), "it is there");
    assert_eq!(of_kind(&home, "Vendor").len(), before + 1);
    home.run(SHORT).await;
    assert_eq!(home.state("P9C-3321").await, State::Ready);
    let all = home.store().proposals(book(), true).await.unwrap();
    let settled = all.iter().find(|r| r.id == row.id).unwrap();
    assert_eq!((settled.state.as_str(), settled.remote_id.is_empty()), ("done", false));
    // tieout made it, as far as anybody can know: it counts as new
    let findings = home.card("P9C-3321").await.derived.unwrap().findings;
    assert!(findings.iter().any(|f| f.code == FindingCode::NewVendor), "{findings:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_employee_who_waits_gets_a_vendor_under_a_free_name() {
    let home = Home::sample().await;
    policy(&home, ReferencePolicy { employees: true, ..ReferencePolicy::default() }).await;
    let rows = compare(&home).await;
    let row = about(&rows, "E1010");
    let name = row.proposal.fields.iter().find(|(f, ..)| f == "name").unwrap().2.clone();
    assert_eq!(name, "Iris Tan (E1010)");
    assert!(row.proposal.caution.as_ref().unwrap().contains("customer"));
    let suppliers = rows.iter().filter(|r| r.proposal.subject.starts_with('V')).count();
    assert_eq!(suppliers, 0, "suppliers are not compared");
    let done = home.office().apply_proposals(book(), vec![row.id]).await.unwrap();
    let vendor = home.record("Vendor", done[0].1.as_ref().unwrap());
    assert_eq!((&vendor["DisplayName"], &vendor["AcctNum"]), (&json!("Iris Tan (E1010)"), &json!("E1010")));
    let card = home.card("N6YL4D").await;
    assert_eq!(card.row.state, State::Ready, "{}", card.row.reason);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cost_centre_becomes_a_class_and_is_mapped_in_one_step() {
    let home = Home::sample().await;
    let list = centres(&home);
    let pair = ListPair { dimension: DimensionKind::Class, list, leads: Leads::Source };
    policy(&home, ReferencePolicy { lists: vec![pair], ..ReferencePolicy::default() }).await;
    let waits = ["K8CN1X", "ES-90412", "U3VG7P"];
    for number in waits {
        assert_eq!(blocked_by(&home, number).await, Some(FindingCode::CostObjectUnmapped));
    }
    let classes = of_kind(&home, "Class").len();
    let rows = compare(&home).await;
    assert_eq!(of_kind(&home, "Class").len(), classes);
    let row = about(&rows, "CC450");
    assert_eq!(row.proposal.maps, Some(("custom1".into(), "CC450".into())));
    let done = home.office().apply_proposals(book(), vec![row.id]).await.unwrap();
    let class = home.record("Class", done[0].1.as_ref().unwrap());
    for number in waits {
        let card = home.card(number).await;
        assert_eq!(card.row.state, State::Ready, "{number}: {}", card.row.reason);
    }
    home.approve(&["U3VG7P"]).await;
    home.post().await;
    assert_eq!(home.state("U3VG7P").await, State::Confirmed);
    let posted = home.card("U3VG7P").await.intents[0].remote_id.clone();
    assert!(home.record("Purchase", &posted).to_string().contains(class["Name"].as_str().unwrap()));
    let rows = compare(&home).await;
    assert!(rows.iter().all(|r| r.proposal.subject != "CC450"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn renames_and_inactivations_are_followed_at_the_second_comparison() {
    let home = Home::sample().await;
    let list = centres(&home);
    let pair = ListPair { dimension: DimensionKind::Class, list: list.clone(), leads: Leads::Ledger };
    policy(&home, ReferencePolicy { lists: vec![pair], ..ReferencePolicy::default() }).await;
    let made = home.stage.ledger.by_hand("create", "Class", &json!({"Name": "470 Grants & more"})).unwrap();
    let items = concur_items(&home).len();
    let rows = compare(&home).await;
    assert_eq!(concur_items(&home).len(), items, "nothing is made unasked");
    let row = rows.iter().find(|r| r.proposal.subject.contains("470")).unwrap();
    assert_eq!((row.proposal.end, row.proposal.action), (End::Source, ProposedAction::Create));
    let done = home.office().apply_proposals(book(), vec![row.id]).await.unwrap();
    let id = done[0].1.clone().unwrap();
    let now = concur_items(&home);
    let item = now.iter().find(|i| i["id"] == id.as_str()).unwrap();
    assert_eq!(item["value"], "470 Grants & more");
    let rows = compare(&home).await;
    assert!(rows.iter().all(|r| !r.proposal.subject.contains("470")), "it is there, and known as the same");
    // mapped in the same step
    let code = item["code"].as_str().unwrap();
    let rules = home.store().rules(book()).await.unwrap().rules;
    assert!(rules.iter().any(|r| r.keys.values().any(|v| v == code)), "{code} is mapped");
    // another name in the ledger
    let class = made["Class"]["Id"].as_str().unwrap();
    home.edit("Class", class, json!({"Name": "470 Grants"}));
    let rows = compare(&home).await;
    let rename =
        rows.iter().find(|r| r.proposal.action == ProposedAction::Rename && r.proposal.end == End::Source);
    rename.unwrap();
    // it stays until somebody decides
    let rows = compare(&home).await;
    let rename =
        rows.iter().find(|r| r.proposal.action == ProposedAction::Rename && r.proposal.end == End::Source);
    let rename = rename.unwrap();
    home.office().apply_proposals(book(), vec![rename.id]).await.unwrap()[0].1.clone().unwrap();
    let now = concur_items(&home);
    assert_eq!(now.iter().find(|i| i["id"] == id.as_str()).unwrap()["value"], "470 Grants");
    assert!(compare(&home).await.iter().all(|r| !r.proposal.subject.contains("470")));
    // out of use there
    home.edit("Class", class, json!({"Active": false}));
    let rows = compare(&home).await;
    let end = rows.iter().find(|r| r.proposal.action == ProposedAction::Inactivate);
    let end = end.unwrap();
    // a person says no: it does not come back by itself
    let no = ProposalStep::Dismissed("kept for old reports".into());
    home.office().proposal_step(end.id, no).await.unwrap();
    let rows = compare(&home).await;
    assert!(rows.iter().all(|r| r.proposal.action != ProposedAction::Inactivate), "dismissed");
    assert_eq!(home.store().verify_audit().await.unwrap().map(|n| n > 0), Ok(true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supplier_that_was_renamed_or_left_in_the_source_is_followed() {
    let home = Home::sample().await;
    policy(&home, ReferencePolicy { vendors: Leads::Source, ..ReferencePolicy::default() }).await;
    let rows = compare(&home).await;
    let row = about(&rows, "V2114").id;
    home.office().apply_proposals(book(), vec![row]).await.unwrap()[0].1.clone().unwrap();
    // leads the other way round: the ledger's suppliers go to Concur
    policy(&home, ReferencePolicy { vendors: Leads::Ledger, ..ReferencePolicy::default() }).await;
    let body = json!({"DisplayName": "Quill & Anchor Print", "AcctNum": "V2190", "CurrencyRef": {"value": "USD"},
        "BillAddr": {"Line1": "4 Pier Road", "City": "Boston", "PostalCode": "02110", "Country": "US"}});
    home.stage.ledger.by_hand("create", "Vendor", &body).unwrap();
    let rows = compare(&home).await;
    let row = about(&rows, "V2190");
    assert_eq!((row.proposal.end, row.proposal.action), (End::Source, ProposedAction::Create));
    assert!(rows.iter().all(|r| !r.proposal.subject.starts_with('E')), "employees never go to the source");
    let there = |home: &Home| home.stage.concur.more_records()["vendors"].as_array().unwrap().clone();
    let before = there(&home).len();
    let done = home.office().apply_proposals(book(), vec![row.id]).await.unwrap();
    done[0].1.clone().unwrap();
    let now = there(&home);
    assert_eq!(now.len(), before + 1);
    let one = now.iter().find(|v| v["VendorCode"] == "V2190").unwrap();
    assert_eq!(one["VendorName"], "Quill & Anchor Print");
    let rows = compare(&home).await;
    assert!(rows.iter().all(|r| r.proposal.subject != "V2190"), "it is there");
    let vendor = of_kind(&home, "Vendor").into_iter().find(|v| v["AcctNum"] == "V2190").unwrap();
    home.edit("Vendor", vendor["Id"].as_str().unwrap(), json!({"DisplayName": "Quill Print"}));
    let rows = compare(&home).await;
    let row = about(&rows, "V2190");
    assert_eq!(row.proposal.action, ProposedAction::Rename);
    home.office().apply_proposals(book(), vec![row.id]).await.unwrap()[0].1.clone().unwrap();
    assert_eq!(
        there(&home).iter().find(|v| v["VendorCode"] == "V2190").unwrap()["VendorName"],
        "Quill Print"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trial_compares_with_what_was_typed_by_hand() {
    let home = Home::sample().await;
    let calls = home.calls("api");
    let days = ("2026-10-01".parse().unwrap(), "2026-10-31".parse().unwrap());
    let trial = home.office().trial(book(), days.0, days.1).await.unwrap();
    assert_eq!(home.calls("api"), calls, "the last reading is enough");
    let verdict =
        |number: &str| trial.entries.iter().find(|(e, _)| e.number == number).map(|(_, v)| v.clone());
    // typed by hand under nearly the same number; see the demo's adoption
    assert!(matches!(verdict("CL-2217"), Some(TrialVerdict::Same(_) | TrialVerdict::Different(..))));
    assert_eq!(verdict("B4Q7TN"), Some(TrialVerdict::OnlyHere));
    home.office().ask(Ask::ReadLedger { book: book() }).await.unwrap();
}
