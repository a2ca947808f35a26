//! What the operating system says about who is there: the one place that reads the environment.

use std::io::IsTerminal;
use std::path::Path;

use crate::model::people::Actor;

/// Facts about the process's user and how they came (reliability.md, section 7).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The operating system's user.
    pub user: String,
    /// The login user, when it is another one (sudo).
    pub login_user: Option<String>,
    /// Address of the SSH client.
    pub ssh_from: Option<String>,
    /// The host.
    pub host: String,
    /// The terminal; none: headless.
    pub terminal: Option<String>,
}

impl Facts {
    /// Of this process.
    pub fn read() -> Self {
        let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        let uid = user_id();
        let login = std::fs::read_to_string("/proc/self/loginuid")
            .ok()
            .and_then(|t| t.trim().parse::<u32>().ok())
            // all ones: nobody logged in
            .filter(|id| *id != u32::MAX && *id != uid)
            .map(|id| user_name(&passwd, id));
        Self {
            user: user_name(&passwd, uid),
            login_user: login.or_else(|| variable("SUDO_USER")),
            ssh_from: variable("SSH_CONNECTION").and_then(|t| t.split(' ').next().map(String::from)),
            host: host_name(),
            terminal: terminal(),
        }
    }

    /// The person behind the process. In single-person mode the store's person takes the name's place.
    /// `console` or `command`: how they came.
    pub fn actor(&self, way: &str) -> Actor {
        let mut via = format!("{way}, {}@{}", self.user, self.host);
        if let Some(login) = &self.login_user {
            via.push_str(&format!(", login {login}"));
        }
        if let Some(from) = &self.ssh_from {
            via.push_str(&format!(", ssh from {from}"));
        }
        match &self.terminal {
            Some(name) => via.push_str(&format!(", {name}")),
            None => via.push_str(", no terminal"),
        }
        let name = self.login_user.clone().unwrap_or_else(|| self.user.clone());
        Actor { name, employee: None, via, single_person: false }
    }
}

/// Whether `NO_COLOR` asks for no colours (set, and not empty).
pub fn no_color() -> bool {
    variable("NO_COLOR").is_some()
}

/// What the terminal says of itself: colours, characters, and whether something stands in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    /// 24-bit colours (`COLORTERM`).
    pub true_colour: bool,
    /// 256 colours (`TERM`).
    pub many_colours: bool,
    /// The locale is not UTF-8, or the console is the kernel's.
    pub ascii: bool,
    /// tmux or screen.
    pub multiplexer: bool,
    /// The background is light (`COLORFGBG`); none: the terminal does not say.
    pub light: Option<bool>,
    /// Somebody came over SSH.
    pub remote: bool,
}

impl Terminal {
    /// Of this process.
    pub fn read() -> Self {
        let term = variable("TERM").unwrap_or_default();
        let locale = variable("LC_ALL").or_else(|| variable("LC_CTYPE")).or_else(|| variable("LANG"));
        let utf8 = locale.is_none_or(|l| {
            let l = l.to_lowercase();
            l.contains("utf-8") || l.contains("utf8") || cfg!(not(unix))
        });
        Self {
            true_colour: variable("COLORTERM").is_some_and(|c| c == "truecolor" || c == "24bit"),
            many_colours: term.contains("256color"),
            ascii: !utf8 || term == "linux",
            multiplexer: variable("TMUX").is_some() || term.starts_with("screen") || term.starts_with("tmux"),
            light: variable("COLORFGBG").and_then(|v| light(&v)),
            remote: is_remote(),
        }
    }
}

/// Whether the background of `COLORFGBG` (`15;0`, `0;default;15`) is light.
fn light(value: &str) -> Option<bool> {
    let background = value.rsplit(';').next()?.parse::<u8>().ok()?;
    Some(matches!(background, 7 | 9..=15))
}

/// Whether a question can be asked and answered.
pub fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// The folder in which the service manager put credentials for this process.
pub fn credentials() -> Option<std::path::PathBuf> {
    variable("CREDENTIALS_DIRECTORY").map(Into::into)
}

/// Whether somebody came over the network: a browser of theirs cannot reach a page of this machine.
pub fn is_remote() -> bool {
    variable("SSH_CONNECTION").is_some() || variable("SSH_TTY").is_some()
}

/// Whether a browser of the person can be opened from here: not over the network, and where there is a desktop.
pub fn can_browse() -> bool {
    let desktop = variable("DISPLAY").is_some() || variable("WAYLAND_DISPLAY").is_some();
    !is_remote() && (desktop || cfg!(target_os = "macos"))
}

fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|v| v.to_string_lossy().into_owned()).filter(|v| !v.is_empty())
}

#[cfg(unix)]
fn user_id() -> u32 {
    rustix::process::getuid().as_raw()
}

#[cfg(not(unix))]
fn user_id() -> u32 {
    u32::MAX
}

fn user_name(passwd: &str, uid: u32) -> String {
    let wanted = uid.to_string();
    let found = passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == wanted).then(|| name.to_string())
    });
    // directories other than the file: the session's own word, then the number
    found.or_else(|| variable("USER")).or_else(|| variable("USERNAME")).unwrap_or(format!("uid {uid}"))
}

fn host_name() -> String {
    let read =
        |p: &str| std::fs::read_to_string(p).ok().map(|t| t.trim().to_string()).filter(|t| !t.is_empty());
    read("/proc/sys/kernel/hostname")
        .or_else(|| read("/etc/hostname"))
        .or_else(|| variable("HOSTNAME"))
        .or_else(|| variable("COMPUTERNAME"))
        .unwrap_or_else(|| "unknown host".into())
}

fn terminal() -> Option<String> {
    if !std::io::stdin().is_terminal() {
        return None;
    }
    let link = std::fs::read_link(Path::new("/proc/self/fd/0")).ok();
    Some(link.map_or_else(|| "terminal".into(), |p| p.display().to_string().replace("/dev/", "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trail_says_more_than_a_name() {
        let facts = Facts {
            user: "root".into(),
            login_user: Some("grace".into()),
            ssh_from: Some("192.0.2.7".into()),
            host: "ledger-1".into(),
            terminal: Some("pts/3".into()),
        };
        let actor = facts.actor("command");
        assert_eq!(actor.name, "grace");
        assert_eq!(actor.via, "command, root@ledger-1, login grace, ssh from 192.0.2.7, pts/3");
        let headless = Facts { user: "tieout".into(), host: "h".into(), ..Facts::default() };
        assert_eq!(headless.actor("engine").via, "engine, tieout@h, no terminal");
        assert_eq!(headless.actor("engine").name, "tieout");
    }

    #[test]
    fn light_and_dark_are_told_by_the_last_number() {
        for (value, want) in [
            ("15;0", Some(false)),
            ("0;15", Some(true)),
            ("0;default;7", Some(true)),
            ("12;8", Some(false)),
            ("x", None),
        ] {
            assert_eq!(light(value), want, "{value}");
        }
    }

    #[test]
    fn users_have_names() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\ngrace:x:1000:1000::/home/grace:/bin/sh\n";
        assert_eq!(user_name(passwd, 1000), "grace");
        assert_eq!(user_name(passwd, 0), "root");
        assert_ne!(user_name(passwd, 4242), "");
    }
}
