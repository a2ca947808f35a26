use super::*;

#[tokio::test]
async fn payments_are_gathered_over_the_bills_they_pay() {
    let link = |kind: &str, id: &str, amount: &str| {
        format!(
            "<LinkedTxn><TxnID>{id}</TxnID><TxnType>{kind}</TxnType><TxnDate>2026-11-01</TxnDate><RefNumber>1042</RefNumber><LinkType>AMTTYPE</LinkType><Amount>{amount}</Amount></LinkedTxn>"
        )
    };
    let one = bill_ret("1-1").replace(
        "<ExpenseLineRet>",
        &(link("BillPaymentCheck", "9-1", "-400.00")
            + &link("VendorCredit", "9-2", "-12.30")
            + "<ExpenseLineRet>"),
    );
    let two = bill_ret("2-1").replace(
        "<ExpenseLineRet>",
        &(link("BillPaymentCheck", "9-1", "-10.00")
            + &link("BillPaymentCreditCard", "9-3", "-5.00")
            + "<ExpenseLineRet>"),
    );
    let rows = one + &two + &bill_ret("3-1");
    let (client, fake) = client(move |_, _| page("BillQueryRs", 0, &rows));
    let payments = client.payments("2026-11-01T00:00:00Z".parse().unwrap()).await.unwrap();
    assert_eq!(payments.len(), 2);
    assert_eq!(
        (payments[0].id.as_str(), payments[0].cheque, payments[0].number.as_str()),
        ("9-1", true, "1042")
    );
    let of: Vec<_> = payments[0].of.iter().map(|(_, id, m)| (id.as_str(), m.amount.to_string())).collect();
    assert_eq!(of, [("1-1", "400.00".into()), ("2-1", "10.00".into())]);
    assert!(!payments[1].cheque);
    let asked = &fake.asked()[0];
    assert!(asked.contains("<FromModifiedDate>2026-10-30T22:00:00</FromModifiedDate>"), "{asked}");
    assert!(asked.contains("<IncludeLinkedTxns>true</IncludeLinkedTxns>"));
}
