use std::path::Path;

use super::*;

fn refusal(text: &str) -> String {
    Config::parse(text, Path::new("config.toml")).unwrap_err().to_string()
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    for (text, want) in [
        ("log_level = \"info\"\nlog_levl = \"debug\"\n", "config.toml:2: unknown field `log_levl`"),
        ("[connections.qbo-us]\npaec = \"97%\"\n", "config.toml:2: unknown field `paec`"),
        ("[connections.qbo-us]\nsettle = 130\n", "config.toml:2: invalid type: integer"),
        ("[connections.qbo-us]\n\nsettle = \"130\"\n", "config.toml:3: \"130\" is not a duration"),
        ("[connections.qbo-us]\npace = \"120%\"\n", "config.toml:2: \"120%\" is no pace"),
        ("[connections.qbo-us]\npace = \"0%\"\n", "config.toml:2: \"0%\" is no pace"),
        ("log_level = \"loud\"\n", "config.toml:1: unknown variant `loud`"),
        ("[store]\n", "config.toml:1: unknown field `store`"),
        (
            "[connections.q]\nbase_url = \"http://example.com\"\n",
            "connections.q.base_url: http://example.com is",
        ),
        (
            "[connections.q]\ntoken_url = \"ftp://127.0.0.1\"\n",
            "connections.q.token_url: \"ftp://127.0.0.1\" is no",
        ),
        (
            "[connections.q]\nbase_url = \"example.com\"\n",
            "connections.q.base_url: \"example.com\" is no https",
        ),
    ] {
        let said = refusal(text);
        assert!(said.contains(want), "{text}\n{said}");
    }
}

#[test]
fn a_file_that_is_right_is_taken_as_it_stands() {
    let text = "theme = \"mono\"\n[connections.qbo-us]\nbase_url = \"http://127.0.0.1:4010\"\npace = \"off\"\n\
                settle = \"0s\"\nlookup_gap = \"200ms\"\n";
    let config = Config::parse(text, Path::new("config.toml")).unwrap();
    let tuning = config.tunings().remove(&ConnectionId::from("qbo-us")).unwrap();
    assert_eq!(tuning.pace, Some(None));
    assert_eq!(tuning.lookup_gap, Some(std::time::Duration::from_millis(200)));
    assert_eq!(tuning.request_timeout, None);
    assert_eq!(config.theme.as_deref(), Some("mono"));
    let again = toml::to_string(&config).unwrap();
    assert_eq!(Config::parse(&again, Path::new("config.toml")).unwrap(), config);
}

#[test]
fn values_below_the_contract_are_refused_away_from_this_machine() {
    let settings = |text: &str| -> Connection { toml::from_str(text).unwrap() };
    for (system, text, named) in [
        ("quickbooks_online", "settle = \"129s\"", Some("settle")),
        ("quickbooks_online", "settle = \"130s\"", None),
        ("quickbooks_online", "request_timeout = \"2m\"", Some("request_timeout")),
        ("quickbooks_online", "lookup_gap = \"29s\"", Some("lookup_gap")),
        ("quickbooks_online", "timeout_pause = \"0s\"", None),
        ("concur", "settle = \"4m59s\"", Some("settle")),
        ("concur", "timeout_pause = \"4m\"", Some("timeout_pause")),
        ("concur", "timeout_pause = \"5m\"", None),
        ("concur", "pace = \"off\"", Some("pace")),
        ("concur", "pace = \"50%\"", None),
        ("concur", "base_url = \"https://proxy.example.com\"\nsettle = \"0s\"", Some("settle")),
        ("concur", "base_url = \"http://localhost.example.com\"\nsettle = \"0s\"", Some("settle")),
        ("concur", "base_url = \"http://127.0.0.1:1\"\nsettle = \"0s\"\npace = \"off\"", None),
        ("quickbooks_online", "base_url = \"http://[::1]:1/v3\"\nrequest_timeout = \"1s\"", None),
    ] {
        let said = below_contract("c", system, &settings(text));
        assert_eq!(said.is_some(), named.is_some(), "{system} {text}: {said:?}");
        if let Some(key) = named {
            assert!(said.unwrap().contains(&format!("connections.c.{key} = ")), "{text}");
        }
    }
}

#[test]
fn stand_in_homes_carry_the_values_of_the_interface() {
    let text = toml::to_string(&Connection::of_stand_in("http://127.0.0.1:1", "http://127.0.0.1:2")).unwrap();
    for line in ["settle = \"0s\"", "lookup_gap = \"200ms\"", "timeout_pause = \"0s\"", "pace = \"off\""] {
        assert!(text.contains(line), "{text}");
    }
}
