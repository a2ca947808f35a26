//! Doing what the looks want done: themes and keys are read from their files, documents from the store.

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{EventKind, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use crate::engine::Office;
use crate::store::{Query, Sort, StoreError};
use crate::tui::keys;
use crate::tui::layers::finder::MOST;
use crate::tui::look::Wardrobe;
use crate::tui::look::effect::{LookEffect, LookMsg};
use crate::tui::msg::Msg;
use crate::tui::settings::Problem;
use crate::tui::theme::Depth;

use super::execute::said;

/// What needs no store: files of this machine. Blocking; none: there is nothing to tell.
pub fn from_files(wardrobe: &Wardrobe, depth: Depth, effect: LookEffect) -> Option<LookMsg> {
    Some(match effect {
        LookEffect::Keys => {
            let path = wardrobe.keys_file.as_ref()?;
            let read = match std::fs::read_to_string(path) {
                Ok(text) => keys::read(&text),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => keys::Read::default(),
                // the keys in force stay
                Err(e) => {
                    let problem = Problem {
                        file: "keys.toml".into(),
                        line: 0,
                        key: String::new(),
                        what: format!("it cannot be read: {e}; the default keys are used"),
                    };
                    keys::Read { problems: vec![problem], ..keys::Read::default() }
                }
            };
            LookMsg::Keys(Box::new(read))
        }
        LookEffect::Theme { name, why } => {
            let loaded = wardrobe.library.load(&name, depth);
            LookMsg::Theme(name, why, Box::new(loaded))
        }
        LookEffect::Themes => LookMsg::Themes(wardrobe.library.list()),
        LookEffect::Keep(name) => {
            let kept = match &wardrobe.keep {
                Some(keep) => keep(&name),
                None => Err("there is no config.toml here".into()),
            };
            LookMsg::Kept(name, kept)
        }
        LookEffect::Happen(at) => LookMsg::Happened((wardrobe.happenings.get(at)?.run)()),
        LookEffect::Find { .. } | LookEffect::Books | LookEffect::Bell => return None,
    })
}

/// What is read from the store.
pub async fn answer(office: &dyn Office, effect: LookEffect) -> Option<LookMsg> {
    let store = office.store();
    Some(match effect {
        LookEffect::Books => LookMsg::Books(said(store.totals(None).await)),
        LookEffect::Find { serial, book, typed } => {
            let found = async {
                // a number, an id or a reference by its index; then the words, in the book on the screen
                let mut rows =
                    if typed.contains(' ') { Vec::new() } else { store.find(typed.clone()).await? };
                rows.truncate(MOST as usize);
                if rows.is_empty() {
                    let search = typed.split_whitespace().map(String::from).collect();
                    let query = Query {
                        book,
                        search,
                        sort: Sort::PostingDate,
                        descending: true,
                        limit: MOST,
                        ..Query::default()
                    };
                    rows = store.page(query).await?.rows;
                }
                Ok::<_, StoreError>(rows)
            };
            LookMsg::Found(serial, typed.clone(), said(found.await))
        }
        _ => return None,
    })
}

/// Tells when `keys.toml` or a theme was saved; it watches while it lives. None: the folders cannot be watched.
pub fn watch(wardrobe: &Wardrobe, send: mpsc::Sender<Msg>) -> Option<notify::RecommendedWatcher> {
    let keys = wardrobe.keys_file.clone();
    let themes = wardrobe.library.folder.clone();
    let (keys_name, themes_in) = (keys.clone(), themes.clone());
    let handler = move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        if !whole(event.kind) {
            return;
        }
        let msg = if event.paths.iter().any(|p| Some(p) == keys_name.as_ref()) {
            LookMsg::KeysSaved
        } else if event
            .paths
            .iter()
            .any(|p| p.extension().is_some_and(|e| e == "toml") && p.parent() == themes_in.as_deref())
        {
            LookMsg::ThemesSaved
        } else {
            return;
        };
        // a full channel means that the console is busy: the next save tells again
        drop(send.try_send(Msg::LookRoom(msg)));
    };
    let mut watcher = notify::recommended_watcher(handler).ok()?;
    let folders = keys.as_deref().and_then(std::path::Path::parent).into_iter().chain(themes.as_deref());
    let mut watched = false;
    for folder in folders {
        // made where its parent is, so that a first theme is seen too; where it cannot be made it is not watched
        if !folder.exists() {
            let mut builder = std::fs::DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            drop(builder.create(folder));
        }
        watched |= watcher.watch(folder, RecursiveMode::NonRecursive).is_ok();
    }
    watched.then_some(watcher)
}

/// Whether a file is whole after this event. Where the system tells that a writer closed the file, that is waited for;
/// a file half written would be read as a broken one.
fn whole(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write))
        | EventKind::Modify(ModifyKind::Name(_))
        | EventKind::Remove(_) => true,
        EventKind::Modify(_) | EventKind::Create(_) | EventKind::Any => !cfg!(target_os = "linux"),
        EventKind::Access(_) | EventKind::Other => false,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::tui::theme::Library;

    fn wardrobe(dir: &Path) -> Wardrobe {
        Wardrobe {
            library: Library::of(&dir.join("themes")),
            keys_file: Some(dir.join("keys.toml")),
            keep: None,
            happenings: Vec::new(),
        }
    }

    #[tokio::test]
    async fn saving_is_told_once_the_file_is_whole() {
        let dir = tempfile::tempdir().unwrap();
        let wardrobe = wardrobe(dir.path());
        let (send, mut receive) = mpsc::channel(16);
        let _watcher = watch(&wardrobe, send).unwrap();
        std::fs::write(dir.path().join("other.toml"), "x = 1").unwrap();
        std::fs::write(dir.path().join("keys.toml"), "[queue]\nmark = []\n").unwrap();
        assert!(matches!(receive.recv().await, Some(Msg::LookRoom(LookMsg::KeysSaved))));
        // an editor writes beside it and renames
        std::fs::write(dir.path().join("themes/new"), "[meanings]\n").unwrap();
        std::fs::rename(dir.path().join("themes/new"), dir.path().join("themes/mine.toml")).unwrap();
        loop {
            match receive.recv().await {
                Some(Msg::LookRoom(LookMsg::ThemesSaved)) => break,
                Some(Msg::LookRoom(LookMsg::KeysSaved)) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn files_are_read_and_what_is_missing_is_the_default() {
        let dir = tempfile::tempdir().unwrap();
        let wardrobe = wardrobe(dir.path());
        let read = |w: &Wardrobe| match from_files(w, Depth::True, LookEffect::Keys) {
            Some(LookMsg::Keys(read)) => *read,
            other => panic!("{other:?}"),
        };
        assert_eq!(read(&wardrobe).keys, keys::KeyMap::default());
        std::fs::write(dir.path().join("keys.toml"), "[queue]\nmarc = []\nmark = []\n").unwrap();
        let got = read(&wardrobe);
        assert_eq!(got.problems.len(), 1);
        assert_ne!(got.keys, keys::KeyMap::default());
        let kept = from_files(&wardrobe, Depth::True, LookEffect::Keep("mono".into()));
        assert!(matches!(kept, Some(LookMsg::Kept(_, Err(_)))));
    }
}
