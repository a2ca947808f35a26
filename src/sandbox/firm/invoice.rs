//! Payloads of supplier invoices (contract section 2.7).

use jiff::SignedDuration;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::entry::{cost_objects, expense_type_name, percentages};
use super::facts;
use super::ids::Ids;
use super::people::VendorTerms;
use super::tables::{Code, Document, Line, Payee};
use super::wire::{Style, coded, instant, number, object};

pub(super) fn payload(ids: &Ids, document: &Document) -> Value {
    let items: Vec<Value> = line_groups(&document.lines)
        .into_iter()
        .enumerate()
        .map(|(at, lines)| line_item(ids, document, at, lines))
        .collect();
    json!({
        "requestHeader": header(ids, document),
        "ownerEmployee": {
            "employeeId": "E1009", "employeeFirstName": "Theo", "employeeLastName": "Okonkwo",
            "loginId": "theo.okonkwo@fernhillquay.example",
        },
        "vendor": vendor(document),
        "lineItem": items,
    })
}

/// Consecutive lines of the same date, type and text are one line item with several allocations.
fn line_groups(lines: &[Line]) -> Vec<&[Line]> {
    lines.chunk_by(|a, b| a.date == b.date && a.expense_type == b.expense_type && a.text == b.text).collect()
}

fn vendor(document: &Document) -> Value {
    match document.payee {
        Payee::Vendor(v) => json!({
            "vendorCode": v.code, "vendorName": v.name, "vendorRemitToAddressCode": format!("{}-1", v.code),
            "vendorShipFromAddressCode": null, "contactFirstName": null, "contactLastName": null,
        }),
        Payee::Employee(e) => json!({ "vendorCode": e.id, "vendorName": e.list_name() }),
    }
}

fn header(ids: &Ids, document: &Document) -> Value {
    let style = Style::of(document.ordinal());
    let invoice_date = document.lines.first().map_or(document.date, |line| line.date);
    let american = document.ordinal().is_multiple_of(2);
    let day = |date: Date| {
        let pattern = if american { "%m/%d/%Y" } else { "%Y-%m-%d" };
        Value::from(date.strftime(pattern).to_string())
    };
    let (vendor, terms) = match document.payee {
        Payee::Vendor(v) => (Some(v), v.terms),
        Payee::Employee(_) => (None, VendorTerms::Net(0)),
    };
    let tax = sum(document.lines.iter().filter_map(|line| line.tax));
    let (net, freight) =
        facts::net_and_freight(&document.id).unwrap_or((document.approved - tax, Decimal::ZERO));
    let submitted = facts::submitted_at(document);
    let created = submitted.checked_sub(SignedDuration::from_hours(20)).unwrap_or(submitted);
    let mut header = object([
        ("requestId", ids.business(document).into()),
        ("reqKey", ids.key("request", &document.id).into()),
        ("vendorInvoiceNumber", document.number.as_str().into()),
        ("requestTitle", title(document).into()),
        ("requestDescription", Value::Null),
        ("externalPolicyId", "INV-US".into()),
        ("policyName", "Supplier invoices".into()),
        ("versionId", "4".into()),
        ("revisionNumber", document.revision.to_string().into()),
        ("isTest", "N".into()),
        ("invoiceDate", day(invoice_date)),
        ("paymentDueDate", day(due(invoice_date, terms))),
        ("invoiceReceivedDate", day(invoice_date)),
        ("postingDate", facts::sent_posting_date(document).map_or(Value::Null, day)),
        ("requestCreationDate", instant(created).into()),
        ("submitDate", instant(submitted).into()),
        ("processCompleteDate", instant(document.processed).into()),
        ("currencyAlphaCode", document.currency.as_str().into()),
        ("requestTotal", style.amount(document.approved)),
        ("amountNetInvoice", style.amount(net)),
        ("amountShippingTotal", style.amount(freight)),
        ("amountTax", style.amount(tax)),
        ("amountVAT1", style.amount(Decimal::ZERO)),
        ("discountPercentage", number("0E-8")),
        ("discountTermsDays", Value::Null),
        ("netPaymentTermDays", net_days(terms)),
        ("ledgerCode", vendor.map(|v| v.ledger_code).into()),
        ("ledgerName", vendor.map(|v| v.ledger_code).into()),
        ("clearingAccountCode", Value::Null),
        ("poNumber", facts::purchase_order(&document.id).into()),
        ("multiplePurchaseOrder", "N".into()),
        ("deliverySlipNumber", Value::Null),
        ("vendorTaxId", Value::Null),
        ("payMethodType", facts::pay_method(&document.id).into()),
        ("invoicePayIndicator", if facts::pay_method(&document.id) == "CLIENT" { "N" } else { "Y" }.into()),
    ]);
    // invoices are Boston's, except the two suppliers of Dublin
    let office = match vendor.map(|v| v.code) {
        Some("V2011" | "V2013") => "Dublin",
        _ => "Boston",
    };
    coded(&mut header, "requestOrgUnit2", office, office);
    Value::Object(header)
}

fn title(document: &Document) -> String {
    let supplier = match document.payee {
        Payee::Vendor(v) => v.name,
        Payee::Employee(e) => e.last,
    };
    format!("{supplier} {}", document.number)
}

fn net_days(terms: VendorTerms) -> Value {
    match terms {
        VendorTerms::Net(days) => days.into(),
        VendorTerms::DayOfMonth(_) => Value::Null,
    }
}

/// Due date by the supplier's terms; an impossible date falls back to the invoice date.
pub(super) fn due(invoice: Date, terms: VendorTerms) -> Date {
    match terms {
        VendorTerms::Net(days) => {
            invoice.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(invoice)
        }
        VendorTerms::DayOfMonth(day) => {
            let first = invoice.first_of_month();
            let this = first.with().day(day).build();
            let next = invoice.last_of_month().tomorrow().and_then(|first| first.with().day(day).build());
            match (this, next) {
                (Ok(this), _) if this >= invoice => this,
                (_, Ok(next)) => next,
                _ => invoice,
            }
        }
    }
}

fn sum(amounts: impl Iterator<Item = Decimal>) -> Decimal {
    amounts.fold(Decimal::ZERO, |total, amount| total + amount)
}

fn line_item(ids: &Ids, document: &Document, at: usize, lines: &[Line]) -> Value {
    let style = Style::of(document.ordinal());
    let total = sum(lines.iter().map(|line| line.gross));
    let first = lines.first();
    let code = first.map_or("", |line| line.expense_type.as_str());
    let allocations: Vec<Value> = lines
        .iter()
        .zip(percentages(lines))
        .enumerate()
        .map(|(part, (line, percentage))| {
            let key = format!("{}/{at}/{part}", document.id);
            allocation(ids, document, &key, line, percentage)
        })
        .collect();
    json!({
        "lineItemSequenceOrder": at + 1,
        "externalLineItemId": ids.hex("line", &format!("{}/{at}", document.id), 20).to_uppercase(),
        "lineItemDescription": first.map(|line| line.text.as_str()),
        "lineItemQuantity": 1,
        "lineItemUnitPrice": style.amount(total),
        // Concur pads these codes with blanks in invoices
        "expenseTypeCode": format!("{code:<8}"),
        "expenseTypeName": expense_type_name(code),
        "lineItemPurchaseOrderNumber": facts::purchase_order(&document.id),
        "poLineNumber": facts::purchase_order(&document.id).map(|_| at + 1),
        "receiptNumbers": [],
        "allocation": allocations,
    })
}

fn allocation(ids: &Ids, document: &Document, key: &str, line: &Line, percentage: Decimal) -> Value {
    let style = Style::of(document.ordinal());
    let tax_amount = line.tax.unwrap_or_default();
    let freight = facts::net_and_freight(&document.id).map_or(Decimal::ZERO, |(_, freight)| freight);
    let tax = match (&line.code, line.tax) {
        (Code::Tax(code, _), Some(amount)) => {
            json!([{ "amountTax": style.amount(amount), "taxCode": code, "taxField": "TAX1" }])
        }
        _ => Value::Null,
    };
    let mut allocation = object([
        ("allocationKey", ids.key("allocation", key).to_string().into()),
        ("allocationPercentage", style.amount(percentage)),
        ("allocationAccountCode", line.account.as_str().into()),
        (
            "journal",
            json!({
                "accountCode": line.account,
                "amountNet": style.amount(line.gross - tax_amount - freight),
                "amountShipping": style.amount(freight),
                "amountGross": style.amount(line.gross),
                "tax": tax,
            }),
        ),
    ]);
    cost_objects(&mut allocation, line);
    Value::Object(allocation)
}
