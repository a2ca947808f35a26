//! The description of the service for tools (contract 1.1): the eight operations, document/literal wrapped. The Web
//! Connector itself does not read it.

use crate::inbound::web_connector::envelope::NAMESPACE;

/// Types of parameters and results.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Texts,
}

use Kind::{Number, Text, Texts};

type Row = (&'static str, &'static [(&'static str, Kind)], Kind);

const OPERATIONS: [Row; 8] = [
    ("serverVersion", &[], Text),
    ("clientVersion", &[("strVersion", Text)], Text),
    ("authenticate", &[("strUserName", Text), ("strPassword", Text)], Texts),
    (
        "sendRequestXML",
        &[
            ("ticket", Text),
            ("strHCPResponse", Text),
            ("strCompanyFileName", Text),
            ("qbXMLCountry", Text),
            ("qbXMLMajorVers", Number),
            ("qbXMLMinorVers", Number),
        ],
        Text,
    ),
    (
        "receiveResponseXML",
        &[("ticket", Text), ("response", Text), ("hresult", Text), ("message", Text)],
        Number,
    ),
    ("connectionError", &[("ticket", Text), ("hresult", Text), ("message", Text)], Text),
    ("getLastError", &[("ticket", Text)], Text),
    ("closeConnection", &[("ticket", Text)], Text),
];

fn element(name: &str, kind: Kind) -> String {
    let (least, of) = match kind {
        Text => (0, "s:string"),
        Number => (1, "s:int"),
        Texts => (0, "tns:ArrayOfString"),
    };
    format!(r#"<s:element minOccurs="{least}" maxOccurs="1" name="{name}" type="{of}"/>"#)
}

fn wrapper(name: &str, inside: &str) -> String {
    if inside.is_empty() {
        return format!(r#"<s:element name="{name}"><s:complexType/></s:element>"#);
    }
    format!(
        r#"<s:element name="{name}"><s:complexType><s:sequence>{inside}</s:sequence></s:complexType></s:element>"#
    )
}

/// The description, with the address under which the service is reached.
pub fn document(address: &str) -> String {
    let (mut types, mut messages, mut port, mut binding) =
        (String::new(), String::new(), String::new(), String::new());
    for (name, takes, gives) in OPERATIONS {
        let parameters: String = takes.iter().map(|(n, kind)| element(n, *kind)).collect();
        types.push_str(&wrapper(name, &parameters));
        types.push_str(&wrapper(&format!("{name}Response"), &element(&format!("{name}Result"), gives)));
        messages.push_str(&format!(
            r#"<wsdl:message name="{name}SoapIn"><wsdl:part name="parameters" element="tns:{name}"/></wsdl:message><wsdl:message name="{name}SoapOut"><wsdl:part name="parameters" element="tns:{name}Response"/></wsdl:message>"#
        ));
        port.push_str(&format!(
            r#"<wsdl:operation name="{name}"><wsdl:input message="tns:{name}SoapIn"/><wsdl:output message="tns:{name}SoapOut"/></wsdl:operation>"#
        ));
        binding.push_str(&format!(
            r#"<wsdl:operation name="{name}"><soap:operation soapAction="{NAMESPACE}{name}" style="document"/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation>"#
        ));
    }
    let mut location = String::new();
    for c in address.chars() {
        match c {
            '&' => location.push_str("&amp;"),
            '"' => location.push_str("&quot;"),
            '<' => location.push_str("&lt;"),
            c => location.push(c),
        }
    }
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?><wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:s="http://www.w3.org/2001/XMLSchema" xmlns:tns="{NAMESPACE}" targetNamespace="{NAMESPACE}"><wsdl:types><s:schema elementFormDefault="qualified" targetNamespace="{NAMESPACE}">{types}<s:complexType name="ArrayOfString"><s:sequence><s:element minOccurs="0" maxOccurs="unbounded" name="string" nillable="true" type="s:string"/></s:sequence></s:complexType></s:schema></wsdl:types>{messages}<wsdl:portType name="QBWebConnectorSvcSoap">{port}</wsdl:portType><wsdl:binding name="QBWebConnectorSvcSoap" type="tns:QBWebConnectorSvcSoap"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>{binding}</wsdl:binding><wsdl:service name="QBWebConnectorSvc"><wsdl:port name="QBWebConnectorSvcSoap" binding="tns:QBWebConnectorSvcSoap"><soap:address location="{location}"/></wsdl:port></wsdl:service></wsdl:definitions>"#
    )
}
