//! Doing what the tie-out wants done.

use tokio::sync::mpsc;

use crate::engine::Office;
use crate::engine::reconcile::ReadingStep;
use crate::tui::Readers;
use crate::tui::msg::{Msg, Said};
use crate::tui::screens::tieout::effect::{ExportAsk, TieoutEffect, TieoutMsg};

use super::super::execute::said;

/// Does it and tells what came of it; none: there is nothing to tell. What takes long tells its steps through `send`.
pub async fn answer(
    office: &dyn Office,
    readers: &Readers,
    send: &mpsc::Sender<Msg>,
    effect: TieoutEffect,
) -> Option<TieoutMsg> {
    Some(match effect {
        TieoutEffect::Read { generation, book, period, keep } => {
            let (tell, mut steps) = mpsc::unbounded_channel::<ReadingStep>();
            let reading = office.reconcile_telling(book, period, keep, tell);
            let passing = async {
                while let Some(step) = steps.recv().await {
                    // the console may have ended meanwhile: the reading goes on all the same
                    let _ended = send.send(Msg::TieoutRoom(TieoutMsg::Step(generation, step))).await;
                }
            };
            let (done, ()) = tokio::join!(reading, passing);
            TieoutMsg::Read(generation, said(done).map(Box::new))
        }
        TieoutEffect::Comment { book, period, item, text } => {
            TieoutMsg::Commented(said(office.comment_item(book, period, *item, text).await))
        }
        TieoutEffect::Statement { book, period, account, amount } => {
            TieoutMsg::Stated(said(office.statement(book, account, period.to, amount).await))
        }
        TieoutEffect::Sign { book, period, reviewer, seen } => {
            let ask = crate::engine::reconcile::SignAsk { reviewer, seen: Some(seen), ..Default::default() };
            let signed = said(office.sign(book.clone(), period, ask).await);
            TieoutMsg::Signed(book, period, signed.map(|(d, seq)| (Box::new(d), seq)))
        }
        TieoutEffect::Reopen { book, period, reason } => {
            TieoutMsg::Reopened(said(office.reopen(book, period, reason).await))
        }
        TieoutEffect::Lock { book, period } => {
            let moved = said(office.move_lock(book.clone(), period).await);
            TieoutMsg::Locked(book, period, moved)
        }
        TieoutEffect::Plan { generation, book, period } => {
            let planned = said(office.accrual_plan(book.clone(), period).await);
            TieoutMsg::Planned(generation, book, period, planned)
        }
        TieoutEffect::Accrue { book, period } => TieoutMsg::Accrued(said(office.accrue(book, period).await)),
        TieoutEffect::ExportFolder => {
            TieoutMsg::ExportFolder(readers.export.as_ref().map(|e| e.folder.clone()).unwrap_or_default())
        }
        TieoutEffect::Export { book, period, done, ask, zone } => {
            let hash = done.hash.clone();
            let written = match write(office, readers, done, ask, zone).await {
                Ok(to) => said(office.tieout_exported(book, period, hash, to.clone()).await).map(|()| to),
                Err(why) => Err(why),
            };
            TieoutMsg::Exported(written)
        }
    })
}

/// Files are written beside the loop: a slow disk does not stop the screen.
async fn write(
    office: &dyn Office,
    readers: &Readers,
    done: Box<crate::engine::reconcile::Reconciled>,
    ask: ExportAsk,
    zone: jiff::tz::TimeZone,
) -> Said<String> {
    let Some(export) = readers.export.clone() else {
        return Err("nothing can be written from here".into());
    };
    let (by, now) = (office.actor(), office.now());
    let work = tokio::task::spawn_blocking(move || (export.write)(&done, &ask, &zone, &by, now));
    said(work.await).and_then(said)
}
