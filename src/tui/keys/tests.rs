use super::*;

#[test]
fn the_table_is_complete_and_without_clashes() {
    let ids: Vec<_> = actions().map(|a| a.id).collect();
    assert_eq!(ids, ActionId::ALL);
    let mut names: Vec<_> = actions().map(|a| a.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), actions().count());
    for c in Context::ALL {
        let clash = KeyMap::default().clash(c);
        assert_eq!(clash, None, "two actions share a key, or one hides a sequence, in {}", c.word());
    }
}

#[test]
fn every_default_key_is_written_as_the_terminal_names_it_and_works_in_every_terminal() {
    for a in actions() {
        for k in a.keys {
            assert_eq!(parse_keys(k).as_deref(), Ok(*k), "{}", a.name);
            assert!(is_plain(k), "{k} of {} needs the kitty protocol", a.name);
        }
    }
}

#[test]
fn footers_name_at_most_six_actions_that_work_there() {
    for c in Context::ALL {
        assert!(hints(c).len() <= 6);
        for id in hints(c) {
            let a = action(*id);
            assert!(a.works_in(c) && !a.keys.is_empty(), "{} in {}", a.name, c.word());
        }
    }
}

#[test]
fn sequences_wait_and_end() {
    let map = KeyMap::default();
    let meant = |waiting, key| map.meant(Context::Queue, waiting, key);
    assert_eq!(meant(None, "g"), Meant::Begins);
    assert_eq!(meant(Some("g"), "g"), Meant::Action(ActionId::Top));
    assert_eq!(meant(Some("g"), "f"), Meant::Action(ActionId::Group));
    assert_eq!(meant(Some("g"), "q"), Meant::Nothing);
    assert_eq!(meant(None, "shift-down"), Meant::Action(ActionId::Down));
    assert!(map.continuations(Context::Queue, "g").contains(&("f".to_string(), "group findings")));
}

#[test]
fn the_printed_file_is_the_default_with_its_comments_and_without() {
    let text = commented_default();
    let commented = read(&text);
    assert_eq!((commented.keys, commented.problems), (KeyMap::default(), vec![]));
    let given: String = text
        .lines()
        .map(|l| format!("{}\n", l.strip_prefix('#').filter(|r| !r.starts_with(' ')).unwrap_or(l)))
        .collect();
    let given = read(&given);
    assert_eq!((given.keys, given.problems), (KeyMap::default(), vec![]));
    for a in actions() {
        assert!(text.contains(&format!("\n#{} = [", a.name)), "{} is not in the file", a.name);
    }
}

/// Files of `samples/`: the first lines say what holds, `#! queue approve = ctrl-enter, a` or `#! problem line 3 …`.
#[test]
fn sample_files_give_the_keys_and_the_problems_they_say() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tui/keys/samples");
    let mut seen = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let got = read(&text);
        let said: Vec<String> = got.problems.iter().map(ToString::to_string).collect();
        let mut problems = 0;
        for wanted in text.lines().filter_map(|l| l.strip_prefix("#! ")) {
            seen += 1;
            if let Some(words) = wanted.strip_prefix("problem ") {
                problems += 1;
                assert!(said.iter().any(|s| s.contains(words)), "{}: {words}\n{said:#?}", path.display());
                continue;
            }
            let (place, keys) = wanted.split_once(" = ").unwrap_or((wanted.trim_end_matches(" ="), ""));
            let (section, name) = place.split_once(' ').unwrap();
            let (context, id) =
                (Context::named(section).unwrap(), actions().find(|a| a.name == name).unwrap().id);
            assert_eq!(got.keys.keys(context, id).join(", "), keys, "{}: {place}\n{said:#?}", path.display());
        }
        assert_eq!(said.len(), problems, "{}: {said:#?}", path.display());
        for c in Context::ALL {
            assert_eq!(got.keys.clash(c), None, "{}", path.display());
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn sentences_name_the_key_in_force_or_the_palette() {
    let map = read("[queue]\npost = [\"ctrl-x\"]\n[document]\npost = []\n").keys;
    assert_eq!(map.says(Context::Queue, ActionId::Post), "Ctrl-x");
    assert_eq!(map.says(Context::Document, ActionId::Post), "Ctrl-x");
    let map = read("[global]\npost = []\n").keys;
    assert_eq!(map.says(Context::Queue, ActionId::Post), ":post");
    assert!(!map.needs_protocol() && read("[queue]\npost = \"ctrl-enter\"").keys.needs_protocol());
}
