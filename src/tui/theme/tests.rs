use std::path::Path;

use super::colours::rgb;
use super::*;

fn shipped(name: &str, depth: Depth) -> Theme {
    let loaded = Library::default().load(name, depth);
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    loaded.theme.unwrap()
}

#[test]
fn the_order_of_the_table_is_that_of_the_enum() {
    for (i, (m, _, fallback)) in Meaning::ALL.iter().enumerate() {
        assert_eq!(*m as usize, i);
        assert!(fallback.is_none_or(|f| (f as usize) < i), "{m:?} stands before its fall-back");
    }
}

#[test]
fn every_shipped_theme_marks_the_cursor_by_reverse_and_tells_states_apart() {
    for (name, ..) in BUILT_IN {
        for depth in [Depth::True, Depth::C256, Depth::C16, Depth::None] {
            let t = shipped(name, depth);
            assert!(t.style(Meaning::Selection).add_modifier.contains(Modifier::REVERSED), "{name}");
            assert_ne!(t.style(Meaning::Error), t.style(Meaning::Text), "{name} at {depth:?}");
            assert_ne!(t.style(Meaning::Danger), t.style(Meaning::Error), "{name} at {depth:?}");
        }
    }
}

#[test]
fn mono_and_no_color_have_no_colour_and_ansi16_none_of_its_own() {
    for (name, ..) in BUILT_IN {
        for (m, ..) in Meaning::ALL {
            let s = shipped(name, Depth::None).style(m);
            assert_eq!((s.fg, s.bg), (Some(Color::Reset), Some(Color::Reset)), "{name} {m:?}");
        }
    }
    for (m, ..) in Meaning::ALL {
        let (mono, ansi) = (Theme::mono().style(m), shipped("ansi16", Depth::True).style(m));
        assert_eq!((mono.fg, mono.bg), (Some(Color::Reset), Some(Color::Reset)));
        assert!(!matches!(ansi.fg, Some(Color::Rgb(..) | Color::Indexed(_))), "{m:?}");
    }
}

/// Red, green and blue of a meaning and of what stands behind it.
fn pair(name: &str, meaning: Meaning) -> ((u8, u8, u8), (u8, u8, u8)) {
    let style = shipped(name, Depth::True).style(meaning);
    let (_, _, file) = BUILT_IN.iter().find(|(n, ..)| *n == name).unwrap();
    let table: toml::Table = file.parse().unwrap();
    let parent: toml::Table = BUILT_IN[0].2.parse().unwrap();
    let palette = |t: &toml::Table| t.get("palette").and_then(|p| p.get("night").or(p.get("paper"))).cloned();
    let named = palette(&table).or_else(|| palette(&parent)).unwrap();
    let behind = rgb(named.as_str().unwrap()).unwrap();
    let of = |c: Option<Color>, or| match c {
        Some(Color::Rgb(r, g, b)) => (r, g, b),
        None => or,
        other => panic!("{name} {meaning:?}: {other:?}"),
    };
    (of(style.fg, behind), of(style.bg, behind))
}

fn linear(v: u8) -> f64 {
    let v = f64::from(v) / 255.0;
    if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

/// WCAG 2: (L1 + 0.05) / (L2 + 0.05).
fn contrast(a: (u8, u8, u8), b: (u8, u8, u8)) -> f64 {
    let light = |(r, g, b)| 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    let (a, b) = (light(a), light(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_meaning_can_be_read_against_its_background() {
    assert!((contrast((0, 0, 0), (255, 255, 255)) - 21.0).abs() < 0.01);
    let themes = [("tieout-dark", 4.5), ("tieout-light", 4.5), ("high-contrast", 7.0), ("colour-blind", 4.5)];
    for (name, least) in themes {
        for (meaning, ..) in Meaning::ALL {
            let (fg, bg) = pair(name, meaning);
            let is = contrast(fg, bg);
            assert!(is >= least, "{name} {meaning:?} {fg:?} on {bg:?}: {is:.2} is less than {least}");
        }
    }
    // a theme that leaves the terminal's background can be read on plain black too
    for (meaning, ..) in Meaning::ALL {
        assert!(contrast(pair("tieout-dark", meaning).0, (0, 0, 0)) >= 4.5);
    }
}

/// What a dichromat sees, in linear light, back as CIE Lab (Machado, Oliveira and Fernandes 2009, severity 1).
fn seen(rgb: (u8, u8, u8), m: [[f64; 3]; 3]) -> [f64; 3] {
    let c = [linear(rgb.0), linear(rgb.1), linear(rgb.2)];
    let out: Vec<f64> =
        m.iter().map(|row| row.iter().zip(c).map(|(a, b)| a * b).sum::<f64>().clamp(0.0, 1.0)).collect();
    let (r, g, b) = (out[0], out[1], out[2]);
    let f = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
    let x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
    let y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
    let z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

const DEUTAN: [[f64; 3]; 3] = [
    [0.367_322, 0.860_646, -0.227_968],
    [0.280_085, 0.672_501, 0.047_413],
    [-0.011_820, 0.042_940, 0.968_881],
];
const PROTAN: [[f64; 3]; 3] = [
    [0.152_286, 1.052_583, -0.204_868],
    [0.114_503, 0.786_281, 0.099_216],
    [-0.003_882, -0.048_116, 1.051_998],
];

#[test]
fn fine_look_and_stop_differ_for_colour_blind_eyes() {
    let far = |a: [f64; 3], b: [f64; 3]| a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt();
    let states = [Meaning::Ok, Meaning::Warn, Meaning::Error];
    for (eyes, m) in [("deuteranopia", DEUTAN), ("protanopia", PROTAN)] {
        for (i, a) in states.iter().enumerate() {
            for b in &states[i + 1..] {
                let d = far(seen(pair("colour-blind", *a).0, m), seen(pair("colour-blind", *b).0, m));
                // 2.3 is just noticeable; 20 is another colour at a glance
                assert!(d >= 20.0, "{a:?} and {b:?} are {d:.1} apart with {eyes}");
            }
        }
    }
    // the test can fail: a red and a green of the same lightness are one colour there
    assert!(far(seen((200, 90, 60), DEUTAN), seen((120, 130, 60), DEUTAN)) < 20.0);
}

fn library(folder: &Path, files: &[(&str, &str)]) -> Library {
    for (name, text) in files {
        std::fs::write(folder.join(format!("{name}.toml")), text).unwrap();
    }
    Library::of(folder)
}

#[test]
fn a_file_of_the_user_wins_and_may_begin_with_the_built_in_one_of_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let own = "inherits = \"tieout-dark\"\n[palette]\nsky = \"#ff0000\"\n[meanings]\nok = { fg = \"sky\" }\n";
    let lib = library(dir.path(), &[("tieout-dark", own), ("mine", "inherits = \"tieout-dark\"")]);
    for name in ["tieout-dark", "mine"] {
        let got = lib.load(name, Depth::True);
        assert_eq!(got.problems, vec![]);
        let theme = got.theme.unwrap();
        let red = Some(Color::Rgb(255, 0, 0));
        // the palette of the file that is asked for is that of all it begins with
        assert_eq!((theme.style(Meaning::Ok).fg, theme.style(Meaning::Accent).fg), (red, red), "{name}");
        assert_eq!(theme.style(Meaning::Warn), shipped("tieout-dark", Depth::True).style(Meaning::Warn));
    }
    let listed: Vec<_> = lib.list().into_iter().map(|l| l.name).collect();
    assert_eq!(listed.len(), BUILT_IN.len() + 1);
    assert_eq!(listed.last().map(String::as_str), Some("mine"));
}

#[test]
fn circles_missing_parents_and_ways_out_of_the_folder_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let files = [("a", "inherits = \"b\""), ("b", "inherits = \"a\""), ("c", "inherits = \"tieout-drak\"")];
    let lib = library(dir.path(), &files);
    let said =
        |name| lib.load(name, Depth::True).problems.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(said("a"), ["themes/b.toml, inherits: a theme cannot begin with itself: a → b → a"]);
    let hint = "themes/c.toml, inherits: there is no theme \"tieout-drak\"; did you mean \"tieout-dark\"?";
    assert_eq!(said("c"), [hint]);
    assert!(lib.load("../secret", Depth::True).theme.is_none());
    assert_eq!(said("mnoo"), ["theme: there is no theme \"mnoo\"; did you mean \"mono\"?"]);
}

/// Files of `samples/`: `#! problem …` says what is told, `#! ok = accent` that a meaning looks like another.
#[test]
fn sample_files_give_the_problems_they_say_and_never_less_than_a_theme() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tui/theme/samples");
    let lib = Library::of(&folder);
    let mut files = 0;
    for listed in lib.list().into_iter().skip(BUILT_IN.len()) {
        files += 1;
        let text = std::fs::read_to_string(folder.join(format!("{}.toml", listed.name))).unwrap();
        let got = lib.load(&listed.name, Depth::True);
        let theme = got.theme.expect("a file always gives a theme");
        let said: Vec<String> = got.problems.iter().map(ToString::to_string).collect();
        let mut problems = 0;
        for wanted in text.lines().filter_map(|l| l.strip_prefix("#! ")) {
            if let Some(words) = wanted.strip_prefix("problem ") {
                problems += 1;
                assert!(said.iter().any(|s| s.contains(words)), "{}: {words}\n{said:#?}", listed.name);
            } else {
                let (a, b) = wanted.split_once(" = ").unwrap();
                let of = |n: &str| Meaning::ALL.iter().find(|(_, name, _)| *name == n).unwrap().0;
                assert_eq!(theme.style(of(a)), theme.style(of(b)), "{}: {wanted}", listed.name);
            }
        }
        assert_eq!(said.len(), problems, "{}: {said:#?}", listed.name);
    }
    assert!(files >= 5, "{files}");
}

#[test]
fn a_painted_background_stands_under_every_meaning() {
    let light = shipped("tieout-light", Depth::True);
    for (m, ..) in Meaning::ALL {
        assert_eq!(light.style(m).bg, Some(Color::Rgb(0xfb, 0xfa, 0xf6)), "{m:?}");
    }
    assert_eq!(shipped("tieout-light", Depth::C16).style(Meaning::Text).bg, Some(Color::White));
    assert_eq!(shipped("tieout-dark", Depth::True).style(Meaning::Text).bg, None);
}
