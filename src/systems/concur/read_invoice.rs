//! An invoice's meaning (contract of Concur, 2.7), in the words of a document.
//!
//! An invoice has no parties on its journals. A positive amount becomes company to supplier, a negative one supplier
//! to company, as the sign rule of expenses wants it; the supplier's party is `SUPP`. Net, freight and tax of a journal
//! must add up to its gross (accounting.md, 1.5), which only this file can see. Concur gives no reclaim for invoices:
//! tax stays in the cost until a tax rule says otherwise. Two header facts without a field of their own are kept under
//! `vendorRemitTo` and `owner`.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::read::{coded, employee, employee_fields, parse, unread};
use super::read_expense::need;
use super::wire_invoice::{self as wire, InvoiceDocument};
use crate::model::document::{
    Allocation, Coded, Document, DocumentKind, Expense, Journal, Party, Payee, Tax,
};
use crate::systems::Unread;

/// The party of an invoice's supplier.
pub const SUPPLIER: &str = "SUPP";

/// Reads the bytes of a `document` object of the type `invoice`.
pub fn read(source_id: &str, bytes: &[u8]) -> Result<Document, Unread> {
    let d: InvoiceDocument = parse(bytes)?;
    let header =
        d.request_header.0.ok_or_else(|| unread("requestHeader", "the document has no request header"))?;
    let vendor = d.vendor.0.ok_or_else(|| unread("vendor", "the document has no vendor"))?;
    let family =
        header.request_id.some().ok_or_else(|| unread("requestHeader.requestId", "the request has no id"))?;
    let currency = header
        .currency_alpha_code
        .0
        .ok_or_else(|| unread("requestHeader.currencyAlphaCode", "the request has no currency"))?;
    let mut fields = BTreeMap::new();
    coded(&header.rest, "requestOrgUnit", "orgUnit", &mut fields);
    coded(&header.rest, "requestCustom", "custom", &mut fields);
    if let Some(owner) = &d.owner_employee.0 {
        employee_fields(owner, &mut fields);
        let who = employee(owner);
        fields.insert("owner".into(), Coded { code: who.code, value: who.name });
    }
    if let Some(code) = vendor.vendor_remit_to_address_code.some() {
        fields.insert("vendorRemitTo".into(), Coded { code, value: String::new() });
    }
    let expenses = d.line_item.0.iter().enumerate().map(|(i, l)| line(i, l, &header, &vendor));
    let expenses: Vec<Expense> = expenses.collect::<Result<_, _>>()?;
    let due = header.payment_due_date.0.or_else(|| {
        let days = i64::from(header.net_payment_term_days.0?);
        header.invoice_date.0?.checked_add(jiff::ToSpan::days(days)).ok()
    });
    Ok(Document {
        kind: DocumentKind::Invoice,
        source_id: source_id.to_owned(),
        number: header.vendor_invoice_number.some().unwrap_or_else(|| family.clone()),
        family,
        title: header.request_title.or(&header.request_description).0.clone(),
        ledger_code: header.ledger_code.0.clone(),
        policy: header.external_policy_id.0.clone(),
        revision_number: header.revision_number.0.unwrap_or(1),
        is_test: header.is_test.0,
        currency,
        stated_total: header.request_total.0,
        payee: Payee {
            employee: false,
            code: vendor.vendor_code.0.clone(),
            name: vendor.vendor_name.0.clone(),
            spoken_name: vendor.vendor_name.0.clone(),
            email: None,
        },
        pay_method: header.pay_method_type.0.clone(),
        payroll: false,
        payroll_clearing_account: None,
        submitted_at: header.submit_date.0,
        processed_at: header.process_complete_date.0,
        report_date: None,
        invoice_date: header.invoice_date.0,
        due_date: due,
        posting_date: header.posting_date.0,
        approver: None,
        purchase_order: purchase_order(&header, &d.line_item.0),
        fields,
        expenses,
        advances: Vec::new(),
        advance_returned: Decimal::ZERO,
    })
}

/// The order of the header, else the first of a line, else the word for several.
fn purchase_order(header: &wire::Header, lines: &[wire::Line]) -> Option<String> {
    let of_lines = lines.iter().find_map(|l| l.line_item_purchase_order_number.some());
    let several = header.multiple_purchase_order.0.then(|| "several".to_owned());
    header.po_number.some().or(of_lines).or(several)
}

fn line(i: usize, l: &wire::Line, header: &wire::Header, vendor: &wire::Vendor) -> Result<Expense, Unread> {
    let path = format!("lineItem[{i}]");
    let mut fields = BTreeMap::new();
    coded(&l.rest, "lineItemCustom", "custom", &mut fields);
    let allocations = l.allocation.0.iter().enumerate().map(|(k, a)| allocation(&path, k, a));
    let allocations: Vec<Allocation> = allocations.collect::<Result<_, _>>()?;
    let total = allocations.iter().flat_map(|a| &a.journals).map(|j| j.gross).sum();
    Ok(Expense {
        id: l.line_item_sequence_order.some().unwrap_or_else(|| (i + 1).to_string()),
        type_code: l.expense_type_code.0.clone(),
        type_name: l.expense_type_name.0.clone(),
        date: header.invoice_date.0,
        description: l.line_item_description.0.clone(),
        merchant: vendor.vendor_name.0.clone(),
        place: String::new(),
        spend: None,
        rate: None,
        approved: Some(total),
        personal: false,
        billable: false,
        receipt_type: String::new(),
        receipt: None,
        payment_type: String::new(),
        clearing_account: header.clearing_account_code.some(),
        liability_account: None,
        offset: false,
        card: None,
        fields,
        allocations,
    })
}

fn allocation(path: &str, k: usize, a: &wire::Allocation) -> Result<Allocation, Unread> {
    let path = format!("{path}.allocation[{k}]");
    let mut fields = BTreeMap::new();
    coded(&a.rest, "allocationCustom", "custom", &mut fields);
    let (mut journals, mut taxes) = (Vec::new(), Vec::new());
    for (n, j) in a.journal.0.iter().enumerate() {
        let at = if n == 0 { format!("{path}.journal") } else { format!("{path}.journal[{n}]") };
        let gross = need(j.amount_gross, format!("{at}.amountGross"))?;
        adds_up(j, gross, &at)?;
        let linked: Vec<Tax> = j.tax.0.iter().enumerate().map(|(m, t)| tax(format!("{n}.{m}"), t)).collect();
        let (company, supplier) = (Party::Comp, Party::Other(SUPPLIER.into()));
        let (payer, payee) = if gross.is_sign_negative() && !gross.is_zero() {
            (supplier, company)
        } else {
            (company, supplier)
        };
        journals.push(Journal {
            account_code: j.account_code.or(&a.allocation_account_code).0.clone(),
            payer,
            payee,
            gross,
            taxes: linked.iter().map(|t| t.id.clone()).collect(),
        });
        taxes.extend(linked);
    }
    Ok(Allocation {
        id: a.allocation_key.0.clone(),
        percentage: a.allocation_percentage.0,
        fields,
        journals,
        taxes,
    })
}

fn adds_up(j: &wire::Journal, gross: Decimal, at: &str) -> Result<(), Unread> {
    let Some(net) = j.amount_net.0 else { return Ok(()) };
    let tax: Decimal = j.tax.0.iter().filter_map(|t| t.amount_tax.0).sum();
    let sum = net + j.amount_shipping.0.unwrap_or_default() + tax;
    if sum == gross {
        return Ok(());
    }
    Err(unread(
        format!("{at}.amountGross"),
        format!("net, freight and tax are {sum}, the gross amount is {gross}"),
    ))
}

fn tax(id: String, t: &wire::Tax) -> Tax {
    Tax {
        id,
        code: t.tax_code.0.clone(),
        reclaim_code: String::new(),
        authority: t.tax_field.0.clone(),
        country: String::new(),
        amount: t.amount_tax.0.unwrap_or_default(),
        reclaim: Decimal::ZERO,
    }
}
