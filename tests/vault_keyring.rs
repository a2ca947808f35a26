//! The vault against a real Secret Service: a private D-Bus session with gnome-keyring, and none at all. Where the two
//! are not installed, the first part says that it was skipped.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]

mod vault_common;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use vault_common::{Place, Systems, aside, connect_concur};

/// A private session bus and whatever provides secrets on it.
struct Session {
    bus: Child,
    keyring: Option<Child>,
    address: String,
}

fn installed(name: &str) -> bool {
    ["/usr/bin", "/bin", "/usr/local/bin"].iter().any(|d| Path::new(d).join(name).exists())
}

impl Session {
    /// None: not installed here.
    fn open(place: &mut Place) -> Option<Self> {
        if !installed("dbus-daemon") || !installed("gnome-keyring-daemon") {
            println!("skipped: dbus-daemon or gnome-keyring-daemon is not installed");
            return None;
        }
        let runtime = place.path().join("run");
        std::fs::create_dir_all(&runtime).unwrap();
        std::fs::set_permissions(&runtime, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        place.env = vec![
            ("XDG_RUNTIME_DIR".into(), runtime.display().to_string()),
            ("XDG_DATA_HOME".into(), place.path().join("share").display().to_string()),
        ];
        let mut bus = base(place, "dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let address = address.trim().to_string();
        assert!(!address.is_empty(), "the bus said no address");
        place.env.push(("DBUS_SESSION_BUS_ADDRESS".into(), address.clone()));
        Some(Self { bus, keyring: None, address })
    }

    /// Starts the keyring, unlocked by a password or left locked, and waits until it owns its name on the bus.
    fn keyring(&mut self, place: &Place, password: Option<&str>) {
        self.end_keyring();
        let mut command = base(place, "gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]);
        if password.is_some() {
            command.arg("--unlock");
        }
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(password.unwrap_or_default().as_bytes()).unwrap();
        drop(stdin);
        self.keyring = Some(child);
        for _ in 0..1_000 {
            let asked = base(place, "dbus-send")
                .args(["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"])
                .args(["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"])
                .output()
                .unwrap();
            if String::from_utf8_lossy(&asked.stdout).contains("boolean true") {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        panic!("the keyring never came to {}", self.address);
    }

    fn end_keyring(&mut self) {
        if let Some(mut child) = self.keyring.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.end_keyring();
        drop(self.bus.kill());
        drop(self.bus.wait());
    }
}

fn base(place: &Place, program: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", "/usr/bin:/bin:/usr/local/bin").env("HOME", place.path());
    command.envs(place.env.iter().map(|(k, v)| (k, v)));
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_keyring_keeps_the_key_and_a_locked_one_never_hangs() {
    let mut place = Place::new();
    let Some(mut session) = Session::open(&mut place) else { return };
    let systems = Systems::open().await;
    systems.settings(&place, &[("concur", "concur")]);
    aside(|| {
        session.keyring(&place, Some("of the desktop"));
        connect_concur(&place, &systems, &[], &[]).ok();
        assert!(!place.home().join("vault.key").exists(), "the key is in the keyring alone");
        let status = place.run(&["vault", "status", "--json"], &[]).ok().json();
        assert_eq!(
            (&status["opened_by"], &status["ways"]),
            (&"keyring".into(), &serde_json::json!(["keyring"]))
        );
        place.run(&["connections", "test", "concur"], &[]).ok();
        place.run(&["vault", "rekey"], &[]).ok();
        place.run(&["connections", "test", "concur"], &[]).ok();
        // the desktop's session ends, and begins again without its password: locked
        session.keyring(&place, None);
        let locked = place.run(&["vault", "status"], &[]);
        assert_eq!(locked.code, Some(4), "{locked:?}");
        assert!(
            locked.err.contains("keyring") && locked.err.contains("To do: unlock the keyring"),
            "{locked:?}"
        );
        println!("said with a locked keyring: {}", locked.err.trim());
        let auto = place.run(&["--auto", "--once", "--json"], &[]);
        assert_eq!(auto.code, Some(4), "{auto:?}");
        // unlocked again, it opens as before
        session.keyring(&place, Some("of the desktop"));
        place.run(&["connections", "test", "concur"], &[]).ok();
        // a second way in, then the keyring goes: its item goes with it
        place.run(&["vault", "rekey", "--add", "key-file", "--remove", "keyring"], &[]).ok();
        session.end_keyring();
        place.run(&["connections", "test", "concur"], &[]).ok();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bus_without_a_keyring_and_no_bus_at_all_are_said_and_nothing_weaker_is_taken() {
    let systems = Systems::open().await;
    let mut place = Place::new();
    let session = Session::open(&mut place);
    for bus in [session.is_some(), false] {
        if !bus {
            place.env = vec![("XDG_RUNTIME_DIR".into(), place.path().join("nowhere").display().to_string())];
        }
        systems.settings(&place, &[("concur", "concur")]);
        let said = aside(|| connect_concur(&place, &systems, &[], &[])).await;
        assert_eq!(said.code, Some(4), "{said:?}");
        assert!(said.err.contains("keyring") && said.err.contains("--vault"), "{said:?}");
        assert!(!place.home().join("vault.key").exists(), "a weaker key was made");
    }
    // the store that was begun has no way in yet: whoever names one completes it
    let named = aside(|| connect_concur(&place, &systems, &["--vault", "key-file"], &[])).await;
    named.ok();
    assert!(place.home().join("vault.key").exists());
}
