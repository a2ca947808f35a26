//! The bytes of the file, as a reader of XML sees them; addresses that the Web Connector refuses; files that are there.

use std::collections::BTreeMap;

use quick_xml::events::Event;

use super::*;

const FILE_ID: &str = "{A4C1D9F0-1B2C-4D3E-8F90-123456789ABC}";

fn qwc<'a>(company: &'a str, url: &'a str) -> Qwc<'a> {
    Qwc {
        connection: "fq-tax",
        company,
        url,
        user: "tieout-northwind",
        owner_id: crate::systems::quickbooks_desktop::OWNER_ID,
        file_id: FILE_ID,
        minutes: 5,
    }
}

#[test]
fn the_file_has_these_bytes() {
    let bytes = qwc("Northwind Traders", "http://localhost:8077/qbwc").bytes().unwrap();
    let golden = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n\
<QBWCXML>\r\n\
\x20 <AppName>tieout fq-tax</AppName>\r\n\
\x20 <AppID></AppID>\r\n\
\x20 <AppURL>http://localhost:8077/qbwc</AppURL>\r\n\
\x20 <AppDescription>Approved spend for Northwind Traders</AppDescription>\r\n\
\x20 <AppSupport>http://localhost:8077/support</AppSupport>\r\n\
\x20 <UserName>tieout-northwind</UserName>\r\n\
\x20 <OwnerID>{7C3D1E64-52B0-4E0A-9A55-0E2B6C1D94F3}</OwnerID>\r\n\
\x20 <FileID>{A4C1D9F0-1B2C-4D3E-8F90-123456789ABC}</FileID>\r\n\
\x20 <QBType>QBFS</QBType>\r\n\
\x20 <Style>Document</Style>\r\n\
\x20 <Scheduler><RunEveryNMinutes>5</RunEveryNMinutes></Scheduler>\r\n\
\x20 <IsReadOnly>false</IsReadOnly>\r\n\
\x20 <PersonalDataPref>pdpNotNeeded</PersonalDataPref>\r\n\
\x20 <UnattendedModePref>umpOptional</UnattendedModePref>\r\n\
</QBWCXML>\r\n";
    assert_eq!(String::from_utf8(bytes).unwrap(), golden);
}

/// Texts of the leaves by name, as an XML reader gives them.
fn read(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut reader = quick_xml::Reader::from_str(std::str::from_utf8(bytes).unwrap());
    let (mut open, mut found) = (Vec::new(), BTreeMap::<String, String>::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(e) => {
                open.push(e.name().as_ref().to_string());
                found.entry(open.join("/")).or_default();
            }
            Event::End(_) => drop(open.pop()),
            Event::Text(t) => {
                let text = t.xml10_content().into_owned();
                found.entry(open.join("/")).or_default().push_str(text.trim_matches('\n'));
            }
            Event::GeneralRef(r) => {
                let c = match r.into_inner().as_ref() {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    other => panic!("{other}"),
                };
                found.entry(open.join("/")).or_default().push(c);
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

#[test]
fn a_reader_of_xml_gets_hostile_names_back_whole() {
    let name = "R&D <Tax> \"Ørsted\" ]]> Söhne";
    let read = read(&qwc(name, "https://books.example.com:8077/qbwc").bytes().unwrap());
    assert_eq!(read["QBWCXML/AppDescription"], format!("Approved spend for {name}"));
    assert_eq!(read["QBWCXML/Scheduler/RunEveryNMinutes"], "5");
    assert_eq!(read["QBWCXML/FileID"], FILE_ID);
    assert_eq!(read["QBWCXML/IsReadOnly"], "false");
    assert_eq!(read["QBWCXML/AppID"], "");
}

#[test]
fn a_long_name_is_cut_in_the_description_and_controls_are_gone() {
    let name = format!("Quay\u{7}\n{}", "n".repeat(200));
    let read = read(&qwc(&name, "https://books.example.com/qbwc").bytes().unwrap());
    let description = &read["QBWCXML/AppDescription"];
    assert_eq!(description.chars().count(), 80);
    assert!(!description.chars().any(char::is_control), "{description:?}");
}

#[test]
fn support_and_address_have_the_same_host() {
    for url in [
        "https://books.example.com:8077/qbwc",
        "http://localhost:8077/qbwc",
        "https://books.example.com/qbwc",
    ] {
        let read = read(&qwc("x", url).bytes().unwrap());
        let host = |name: &str| address(&read[name]).unwrap().host_str().map(str::to_string);
        assert_eq!(host("QBWCXML/AppURL"), host("QBWCXML/AppSupport"));
        assert_eq!(read["QBWCXML/AppURL"], url);
    }
}

#[test]
fn addresses_that_the_web_connector_refuses_are_refused_here() {
    for (url, says) in [
        ("https://192.0.2.10:8077/qbwc", "no IP address (QBWC1001)"),
        ("http://127.0.0.1:8077/qbwc", "no IP address (QBWC1001)"),
        ("https://[::1]:8077/qbwc", "no IP address (QBWC1001)"),
        ("http://books.example.com/qbwc", "http for localhost alone (QBWC1010)"),
        ("ftp://books.example.com/qbwc", "begins with https://"),
        ("books.example.com", "is no address"),
        ("https://a:b@books.example.com/qbwc", "nothing else"),
        ("https://books.example.com/qbwc?x=1", "nothing else"),
    ] {
        let said = address(url).unwrap_err().to_string();
        assert!(said.contains(says), "{url}: {said}");
        assert!(qwc("x", url).bytes().is_err(), "{url}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_is_for_its_owner_and_replaced_only_when_that_was_said() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("fq-tax.qwc");
    write(&path, b"one", false).unwrap();
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(matches!(write(&path, b"two", false), Err(QwcError::There(_))));
    assert_eq!(std::fs::read(&path).unwrap(), b"one");
    write(&path, b"two", true).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"two");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let link = dir.path().join("link.qwc");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(matches!(write(&link, b"three", true), Err(QwcError::NoFile(_))));
    assert!(matches!(write(dir.path(), b"three", true), Err(QwcError::NoFile(_))));
    let nowhere = dir.path().join("not/there.qwc");
    assert!(matches!(write(&nowhere, b"three", false), Err(QwcError::NoFolder(_))));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left beside");
}
