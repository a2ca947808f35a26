//! The routes of one data centre.

use std::sync::Arc;

use axum::Router;

use super::Shared;
use super::call::ErrorForm;
use super::http::{Handler, Method, Operation, serve};
use super::token::{self, Holder, PATH};
use super::{
    acknowledge, bulk, confirm, digests, fis, identity, images, list_write, lists, payments, quick, reports,
    requests, spend, subscriptions, vendor_write, vendors,
};

const COMPANY: Option<&[Holder]> = Some(&[Holder::Company]);
const PERSON: Option<&[Holder]> = Some(&[Holder::Company, Holder::User]);
const ANYBODY: Option<&[Holder]> = Some(&[Holder::Company, Holder::User, Holder::App]);
const APP: Option<&[Holder]> = Some(&[Holder::App]);

const FIS: &str = "/financialintegration/fi/v4/companies/transactiontypes/{docType}/transactions";
const VENDORS: &str = "/api/v3.1/invoice/vendors";
const REQUEST: &str = "/api/v3.0/invoice/paymentrequest";
const IMAGE: &str = "/api/image/v1.0";
const EVENTS: &str = "/events/v4";
const QUICK: &str = "/quickexpense/v4/users/{user}/context/{context}/quickexpenses";

/// Collects routes of one data centre.
struct Table<'a> {
    shared: &'a Arc<Shared>,
    center: usize,
    router: Router,
}

impl Table<'_> {
    fn on(mut self, method: Method, path: &str, operation: Operation) -> Self {
        self.router = self.router.route(path, serve(self.shared, self.center, operation, method));
        self
    }
}

/// The router of a data centre: 0 is the first one, 1 the one to which the company can be moved.
pub(super) fn router(shared: &Arc<Shared>, center: usize) -> Router {
    let table = Table { shared, center, router: Router::new() };
    let table = sign_in(table);
    let table = money(table);
    let table = invoices(table);
    let table = people_and_lists(table);
    images_and_events(table).router
}

fn sign_in(table: Table<'_>) -> Table<'_> {
    let plain = |name, holders, handler: Handler| Operation {
        name,
        errors: ErrorForm::Message,
        holders,
        scope: None,
        handler,
    };
    table.on(Method::Post, PATH, plain("token", None, token::token)).on(
        Method::Delete,
        "/app-mgmt/v0/connections",
        plain("disconnect", ANYBODY, token::disconnect),
    )
}

fn money(table: Table<'_>) -> Table<'_> {
    let fis = |name, handler: Handler| Operation {
        name,
        errors: ErrorForm::Message,
        holders: COMPANY,
        scope: Some("FISVC"),
        handler,
    };
    let legacy = |name, handler: Handler| Operation {
        name,
        errors: ErrorForm::Legacy,
        holders: PERSON,
        scope: Some("EXPRPT"),
        handler,
    };
    let quick = Operation {
        name: "quick_expense",
        errors: ErrorForm::Expense,
        holders: PERSON,
        scope: Some("quickexpense.writeonly"),
        handler: quick::create,
    };
    table
        .on(Method::Get, FIS, fis("list", fis::list))
        .on(Method::Post, &format!("{FIS}/acknowledgements"), fis("acknowledge", acknowledge::acknowledge))
        .on(Method::Post, &format!("{FIS}/postingconfirmations"), fis("confirm", confirm::confirm))
        .on(Method::Post, &format!("{FIS}/paymentconfirmations"), fis("confirm_payment", payments::confirm))
        .on(Method::Get, "/api/v3.0/expense/reports", legacy("reports", reports::list))
        .on(Method::Get, "/api/v3.0/expense/reports/{id}", legacy("report", reports::single))
        .on(Method::Post, QUICK, quick)
        .on(Method::Post, &format!("{QUICK}/image"), Operation { handler: quick::create_with_image, ..quick })
}

fn invoices(table: Table<'_>) -> Table<'_> {
    let legacy = |name, scope, handler: Handler| Operation {
        name,
        errors: ErrorForm::Legacy,
        holders: PERSON,
        scope: Some(scope),
        handler,
    };
    let bulk = Operation {
        name: "pay_invoices",
        errors: ErrorForm::Message,
        holders: COMPANY,
        scope: Some("invoice.paymentconfirmation.write"),
        handler: bulk::update,
    };
    table
        .on(Method::Get, VENDORS, legacy("vendors", "INVVEN", vendors::list))
        .on(Method::Post, VENDORS, legacy("vendor_write", "INVVEN", vendor_write::create))
        .on(Method::Put, VENDORS, legacy("vendor_write", "INVVEN", vendor_write::update))
        .on(Method::Delete, VENDORS, legacy("vendor_write", "INVVEN", vendor_write::delete))
        .on(
            Method::Get,
            "/api/v3.0/invoice/paymentrequestdigests",
            legacy("digests", "INVPMT", digests::list),
        )
        .on(Method::Post, REQUEST, legacy("request_write", "INVPMT", requests::create))
        .on(Method::Put, REQUEST, legacy("request_write", "INVPMT", requests::update))
        .on(Method::Get, &format!("{REQUEST}/{{id}}"), legacy("request", "INVPMT", requests::single))
        .on(Method::Post, "/invoice/payment-confirmation/v4/payments/bulkUpdate", bulk)
}

fn people_and_lists(table: Table<'_>) -> Table<'_> {
    let people = |scope, handler: Handler| Operation {
        name: "users",
        errors: ErrorForm::Scim,
        holders: COMPANY,
        scope: Some(scope),
        handler,
    };
    let list = |name, scope, handler: Handler| Operation {
        name,
        errors: ErrorForm::Lists,
        holders: PERSON,
        scope: Some(scope),
        handler,
    };
    let users = "/profile/identity/{version}/Users";
    let spends = "/profile/spend/{version}/Users";
    let (core, general) = ("identity.user.core.read", "spend.user.general.read");
    let read = "spend.listitem.read";
    let (write, delete) = ("spend.listitem.write", "spend.listitem.delete");
    table
        .on(Method::Get, users, people(core, identity::users))
        .on(Method::Post, &format!("{users}/.search"), people(core, identity::search))
        .on(Method::Get, &format!("{users}/{{id}}"), people(core, identity::user))
        .on(Method::Get, spends, people(general, spend::users))
        .on(Method::Post, &format!("{spends}/.search"), people(general, spend::search))
        .on(Method::Get, &format!("{spends}/{{id}}"), people(general, spend::user))
        .on(Method::Get, "/list/v4/lists", list("lists", "spend.list.read", lists::lists))
        .on(Method::Get, "/list/v4/lists/{list}/children", list("list_items", read, lists::children))
        .on(
            Method::Get,
            "/list/v4/lists/{list}/items/{item}/children",
            list("list_items", read, lists::children_of_item),
        )
        .on(Method::Get, "/list/v4/items/{item}", list("list_items", read, lists::item))
        .on(Method::Get, "/list/v4/items/{item}/children", list("list_items", read, lists::children_of_item))
        .on(Method::Post, "/list/v4/items", list("list_write", write, list_write::create))
        .on(Method::Put, "/list/v4/items/{item}", list("list_write", write, list_write::update))
        .on(Method::Delete, "/list/v4/items/{item}", list("list_write", delete, list_write::delete))
        .on(
            Method::Delete,
            "/list/v4/lists/{list}/items/{item}",
            list("list_write", delete, list_write::delete),
        )
        .on(Method::Post, "/list/v4/lists/{list}/bulk", list("list_bulk", write, list_write::bulk_create))
        .on(Method::Patch, "/list/v4/lists/{list}/bulk", list("list_bulk", write, list_write::bulk_update))
}

fn images_and_events(table: Table<'_>) -> Table<'_> {
    let image = |name, handler: Handler| Operation {
        name,
        errors: ErrorForm::Legacy,
        holders: PERSON,
        scope: Some("IMAGE"),
        handler,
    };
    let events = |name, handler: Handler| Operation {
        name,
        errors: ErrorForm::Message,
        holders: APP,
        scope: Some("events.topic.read"),
        handler,
    };
    // the signature in the address is the permission
    let download = Operation { holders: None, scope: None, ..image("image_download", images::download) };
    let one = format!("{EVENTS}/subscriptions/{{id}}");
    table
        .on(Method::Get, &format!("{IMAGE}/{{kind}}/{{id}}"), image("image", images::address))
        .on(Method::Post, &format!("{IMAGE}/{{kind}}/{{id}}"), image("image_upload", images::upload))
        .on(Method::Post, &format!("{IMAGE}/receipt"), image("image_upload", images::upload))
        .on(Method::Get, "/image-store/{kind}/{id}", download)
        .on(Method::Get, &format!("{EVENTS}/topics"), events("topics", subscriptions::topics))
        .on(Method::Get, &format!("{EVENTS}/subscriptions"), events("subscriptions", subscriptions::list))
        .on(Method::Put, &format!("{EVENTS}/subscriptions/webhook"), events("subscribe", subscriptions::save))
        .on(Method::Get, &one, events("subscriptions", subscriptions::single))
        .on(Method::Delete, &one, events("unsubscribe", subscriptions::delete))
}
