//! The expense reports of the sample firm as tables: documents with what is expected of them, and their lines.

/// id | employee | posting date | number | currency | approved | expected entries | state | findings
pub const REPORTS: &str = "\
D01|E1001|2026-10-07|Q4A7RM|USD|515.00|bill 2010 515.00|ready|
D02|E1002|2026-10-07|HX2K9T|USD|155.25|bill 2010 155.25|ready|
D03|E1003|2026-10-09|M7PV3C|USD|832.45|bill 2010 27.50; card_purchase CT-9001 2110 486.20; card_purchase CT-9002 2110 318.75|ready|
D04|E1004|2026-10-09|9WZQ4B|USD|104.00|bill 2010 104.00|ready|
D07|E1006|2026-10-16|T3NB8L|EUR|264.30|bill 2015 264.30|ready|
D09|E1004|2026-10-16|K5D2XW|USD|794.90|bill 2010 52.10; journal 2130 742.80|ready|
D11|E1005|2026-10-21|R8JC6Y|USD|-182.00|bill 2010 36.00; card_refund CT-9003 2110 218.00|ready|negative_document
D12|E1008|2026-10-23|V6TS1H|USD|386.45|journal 2140 386.45|ready|
D13|E1001|2026-10-28|B4Q7TN|USD|1290.15|bill 2010 127.75; card_purchase CT-9101 2110 624.40; card_purchase CT-9102 2110 538.00|ready|
D14|E1002|2026-10-26|N2HF5R|USD|451.50|bill 2010 451.50|ready|
D16|E1004|2026-10-27|J7LD4P|USD|118.75|bill 2010 118.75|ready|
D17|E1005|2026-10-28|X3GW8V|USD|1571.80|card_purchase CT-9111 2110 1150.00; card_purchase CT-9112 2110 421.80|ready|
D18|E1002|2026-10-29|5KRT9Z|USD|81.60|bill 2010 81.60|ready|
D19|E1006|2026-10-29|W6BN3Q|EUR|336.50|bill 2015 336.50|ready|
D20|E1007|2026-10-30|Z8PC1M|EUR|206.50|bill 2015 206.50|ready|
D21|E1008|2026-10-30|4VHX7D|USD|585.55|journal 2140 585.55|ready|
D22|E1005|2026-10-30|G2SK6J|USD|667.20|bill 2010 33.00; bill 2000 634.20|ready|
D23|E1004|2026-10-30|Y5MQ8F|USD|1392.40|bill 2010 264.00; journal 2130 1128.40|ready|
D25|E1004|2026-10-30|L1FT4W|USD|500.00|journal none 500.00|ready|
D26|E1003|2026-10-30|P9ZD2C|USD|640.00|bill 2010 340.00|ready|
D27|E1001|2026-10-30|T7XN5B|USD|700.00|card_purchase CT-9121 2110 1000.00|ready|
D28|E1002|2026-10-30|D3WK7H|USD|-84.00|vendor_credit 2010 84.00|ready|negative_document
D29|E1005|2026-10-30|H8RB4S|USD|0.00|journal none 120.00|ready|negative_document
D32|E1003|2026-11-02|S6QJ9T|USD|288.40|bill 2010 288.40|ready|
D33|E1002|2026-10-30|F4LV8Y|USD|140.40|bill 2010 140.40|ready|receipt_missing
D34|E1006|2026-10-30|M2HC6K|EUR|160.50|bill 2015 160.50|ready|tax_receipt_missing
D36|E1001|2026-10-30|A7DX3Z|USD|279.31|bill 2010 279.31|ready|old_expense
D39|E1001|2026-10-30|E5TW8R|USD|146.20|bill 2010 146.20|blocked|maybe_in_ledger
D40|E1004|2026-10-29|K8CN1X|USD|318.00|bill 2010 318.00|blocked|cost_object_unmapped
D42|E1005|2026-10-30|U3VG7P|USD|264.90|card_purchase CT-9131 2110 264.90|blocked|cost_object_unmapped
D43|E1010|2026-10-30|N6YL4D|USD|203.15|bill 2010 203.15|blocked|party_unmapped name_clash
D45|E1002|2026-10-28|R1ZH5T|USD|76.25|bill 2010 76.25|blocked|account_inactive
D46|E1003|2026-10-29|W2FQ9M|USD|110.00|bill 2010 110.00|blocked|account_missing
D47|E1007|2026-10-30|X7BD3J|EUR|127.20|bill 2015 127.20|blocked|tax_unmapped
D48|E1001|2026-10-29|C5KP8V|USD|412.00|bill 2010 412.00|blocked|dimension_inactive
D51|E1002|2026-09-30|D8MS6K|USD|174.30|bill 2010 174.30|held|period_closed
D54|E1001|2026-10-27|Q4A7RM|USD|25.00|bill 2010 25.00|blocked|reopened_delta
D55|E9999|2026-10-26|TEST01|USD|10.00||blocked|test_document
D57|E1003|2026-10-30|J4XR7N|USD|560.00|bill 2010 560.00|blocked|intercompany
D58|E1009|2026-10-30|Q9BK2L|USD|187.30|journal 2150 187.30|ready|own_document
";

/// document | date | type | text | account | cost centre | project | parties | gross | tax | reclaim | tax code, card transaction or spend
pub const LINES: &str = "\
D01|10-01|LODNG|Hotel, New York|5020|CC100|P2601|COMP>EMPL|412.60|||
D01|10-01|TAXIX|Taxi to client|5030|CC100|P2601|COMP>EMPL|38.40|||
D01|10-01|MEALS|Team lunch with client|5040|CC100|P2601|COMP>EMPL|64.00|||
D02|10-02|MILES|187.5 miles at 0.70|6030|CC200||COMP>EMPL|131.25|||
D02|10-02|PARKG|Parking, Evanston|6030|CC200||COMP>EMPL|24.00|||
D03|10-05|AIRFR|Air fare BOS-AUS|6010|CC300||COMP>CBCP|486.20|||CT-9001
D03|10-06|LODNG|Hotel, Austin|6020|CC300||COMP>CBCP|318.75|||CT-9002
D03|10-06|TAXIX|Taxi|6030|CC300||COMP>EMPL|27.50|||
D04|10-03|SOFTW|Diagram tool, monthly|6210|CC200||COMP>EMPL|59.00|||
D04|10-03|PHONE|Mobile telephone|6420|CC200||COMP>EMPL|45.00|||
D07|10-13|TRAIN|Certification course|6530|CC300||COMP>EMPL|246.00|46.00|46.00|IE-23/R
D07|10-13|TAXIX|Taxi|6030|CC300||COMP>EMPL|18.30|||
D09|10-12|AIRFR|Air fare ORD-DEN, direct bill|5010|CC200|P2602|COMP>COPD|742.80|||
D09|10-13|MEALS|Dinner|5040|CC200|P2602|COMP>EMPL|52.10|||
D11|10-15|AIRFR|Refund of fare BOS-SEA|6010|CC800||CBCP>COMP|-218.00|||CT-9003
D11|10-15|PARKG|Airport parking|6030|CC800||COMP>EMPL|36.00|||
D12|10-19|LODNG|Hotel, New York|5020|CC100|P2601|COMP>EMPL|298.45|||
D12|10-19|TAXIX|Car service|5030|CC100|P2601|COMP>EMPL|88.00|||
D13|10-20|AIRFR|Air fare BOS-DEN|5010|CC100|P2602|COMP>CBCP|374.64|||CT-9101
D13|10-20|AIRFR|Air fare BOS-DEN|5010|CC200|P2602|COMP>CBCP|249.76|||CT-9101
D13|10-22|LODNG|Hotel, Denver, 2 nights|5020|CC100|P2602|COMP>CBCP|538.00|||CT-9102
D13|10-21|MEALS|Dinner with client|5040|CC100|P2602|COMP>EMPL|86.25|||
D13|10-22|TAXIX|Taxi to airport|5030|CC100|P2602|COMP>EMPL|20.75|||
D13|10-22|TAXIX|Taxi to airport|5030|CC200|P2602|COMP>EMPL|20.75|||
D14|10-22|LODNG|Hotel, Milwaukee|6020|CC200||COMP>EMPL|372.90|||
D14|10-22|MEALS|Team dinner|6110|CC200||COMP>EMPL|48.60|||
D14|10-23|PARKG|Parking|6030|CC200||COMP>EMPL|30.00|||
D16|10-20|OFFIC|Flip charts and cards|6310|CC100||COMP>EMPL|33.33|||
D16|10-20|OFFIC|Flip charts and cards|6310|CC200||COMP>EMPL|33.33|||
D16|10-20|OFFIC|Flip charts and cards|6310|CC300||COMP>EMPL|33.34|||
D16|10-20|COURR|Courier|6320|CC200||COMP>EMPL|18.75|||
D17|10-19|EVENT|Exhibitor pass|6710|CC800||COMP>CBCP|1150.00|||CT-9111
D17|10-20|LODNG|Hotel, Chicago|6020|CC800||COMP>CBCP|421.80|||CT-9112
D18|10-24|MILES|138 miles at 0.70|6030|CC200||COMP>EMPL|96.60|||
D18|10-24|PARKG|Refund of parking, 2 October|6030|CC200||EMPL>COMP|-15.00|||
D19|10-22|LODNG|Hotel, Berlin, 2 nights|5020|CC300|P2603|COMP>EMPL|214.00|14.00|14.00|DE-7/R
D19|10-22|TRAIN|Rail Berlin-Leipzig|5030|CC300|P2603|COMP>EMPL|53.50|3.50|3.50|DE-7/R
D19|10-23|MEALS|Working dinner|5040|CC300|P2603|COMP>EMPL|47.60|7.60|7.60|DE-19/R
D19|10-23|TAXIX|Taxi|5030|CC300|P2603|COMP>EMPL|21.40|1.40|1.40|DE-7/R
D20|10-27|ENTCL|Client dinner, 4 persons|6120|CC100||COMP>EMPL|184.50|34.50|0.00|IE-23/N
D20|10-27|PARKG|Parking|6030|CC100||COMP>EMPL|22.00|||
D21|10-26|AIRFR|Air fare BOS-ATL|6010|CC100||COMP>EMPL|512.20|||
D21|10-26|MEALS|Dinner|6110|CC100||COMP>EMPL|73.35|||
D22|10-27|LODNG|Hotel, Philadelphia|6020|CC800||COMP>IBCP|486.00|||CT-9201
D22|10-27|ENTCL|Dinner with prospect|6120|CC800||COMP>IBCP|148.20|||CT-9202
D22|10-28|TAXIX|Taxi|6030|CC800||COMP>EMPL|33.00|||
D23|10-25|AIRFR|Air fare ORD-SEA, direct bill|5010|CC200|P2604|COMP>COPD|1128.40|||
D23|10-26|LODNG|Hotel, Seattle|5020|CC200|P2604|COMP>EMPL|264.00|||
D25|10-20|LODNG|Guest house|5020|CC200|P2603|COMP>EMPL|320.00|||
D25|10-21|MEALS|Meals|5040|CC200|P2603|COMP>EMPL|118.00|||
D25|10-21|TAXIX|Local transport|5030|CC200|P2603|COMP>EMPL|62.00|||
D26|10-21|LODNG|Hotel|5020|CC300|P2603|COMP>EMPL|455.00|||
D26|10-22|MEALS|Meals|5040|CC300|P2603|COMP>EMPL|105.00|||
D26|10-22|TAXIX|Local transport|5030|CC300|P2603|COMP>EMPL|80.00|||
D27|10-23|LODNG|Hotel, business part|6020|CC100||COMP>CBCP|700.00|||CT-9121
D27|10-24|LODNG|Hotel, private extension|1260|||COMP>CBCP and EMPL>COMP|300.00|||CT-9121
D28|10-28|AIRFR|Refund of fare ORD-MSP|6010|CC200||EMPL>COMP|-84.00|||
D29|10-28|TRAIN|Negotiation course, right team|6530|CC800||COMP>EMPL|120.00|||
D29|10-28|TRAIN|Negotiation course, wrong team|6530|CC400||EMPL>COMP|-120.00|||
D32|10-28|LODNG|Hotel, Providence|6020|CC300||COMP>EMPL|212.80|||
D32|10-28|TAXIX|Taxi|6030|CC300||COMP>EMPL|31.20|||
D32|10-28|MEALS|Dinner|6110|CC300||COMP>EMPL|44.40|||
D33|10-27|MEALS|Dinner, 3 persons|6110|CC200||COMP>EMPL|128.40|||
D33|10-27|PARKG|Parking|6030|CC200||COMP>EMPL|12.00|||
D34|10-28|LODNG|Hotel, Leipzig|5020|CC300|P2603|COMP>EMPL|160.50|10.50|10.50|DE-7/R
D36|07-14|LODNG|Hotel, London, GBP 212.40 at 1.31502|5020|CC100|P2601|COMP>EMPL|279.31|||GBP 212.40
D39|10-27|MEALS|Lunch meeting|6110|CC100||COMP>EMPL|146.20|||
D40|10-24|SOFTW|Audit tool|6210|CC200||COMP>EMPL|159.00|||
D40|10-24|SOFTW|Audit tool|6210|CC450||COMP>EMPL|159.00|||
D42|10-22|EVENT|Summit ticket|6710|CC450||COMP>CBCP|264.90|||CT-9131
D43|10-21|OFFIC|Keyboard and headset|6310|CC300||COMP>EMPL|164.85|||
D43|10-23|TAXIX|Taxi|6030|CC300||COMP>EMPL|38.30|||
D45|10-20|BOOKS|Reference books|6340|CC200||COMP>EMPL|62.00|||
D45|10-20|OFFIC|Notebooks|6310|CC200||COMP>EMPL|14.25|||
D46|10-21|LABOR|Test devices||CC300||COMP>EMPL|88.00|||
D46|10-21|OFFIC|Cables|6310|CC300||COMP>EMPL|22.00|||
D47|10-26|LODNG|Hotel, Lisbon|6020|CC100||COMP>EMPL|127.20|7.20|7.20|PT-6/R
D48|10-23|LODNG|Hotel, Norfolk|5020|CC100|P2599|COMP>EMPL|412.00|||
D51|09-28|LODNG|Hotel, Detroit|6020|CC200||COMP>EMPL|174.30|||
D54|10-01|MEALS|Breakfast forgotten|5040|CC100|P2601|COMP>EMPL|45.00|||
D54|10-01|TAXIX|Taxi corrected|5030|CC100|P2601|EMPL>COMP|-20.00|||
D55|10-26|MEALS|Test|6110|CC900||COMP>EMPL|10.00|||
D57|10-21|LODNG|Hotel, London|6020|CC300||COMP>EMPL|280.00|||
D57|10-21|LODNG|Hotel, London|6020|UK210||COMP>EMPL|280.00|||
D58|10-21|TRAIN|Admission|6530|CC900||COMP>EMPL|150.00|||
D58|10-21|TAXIX|Taxi|6030|CC900||COMP>EMPL|37.30|||
";

/// number | name | type | currency
pub const ACCOUNTS: &str = "\
1010|Operating Bank USD|Bank|USD
1015|Operating Bank EUR|Bank|EUR
1020|Expense Pay Funding|Bank|USD
1100|Accounts Receivable|Accounts Receivable|USD
1250|Employee Advances|Other Current Asset|
1260|Due from Employees|Other Current Asset|
1310|Recoverable Foreign VAT|Other Current Asset|
1350|Due from Affiliates|Other Current Asset|
2000|Accounts Payable USD|Accounts Payable|USD
2005|Accounts Payable EUR|Accounts Payable|EUR
2010|Employee Payables USD|Accounts Payable|USD
2015|Employee Payables EUR|Accounts Payable|EUR
2020|Payables Paid by Concur|Accounts Payable|USD
2110|Corporate Visa|Credit Card|USD
2130|Company-Paid Travel Clearing|Other Current Liability|
2140|Expense Pay Clearing|Other Current Liability|
2150|Payroll Reimbursement Clearing|Other Current Liability|
2200|Accrued Expenses|Other Current Liability|
3900|Retained Earnings|Equity|
4000|Consulting Fees|Income|
4100|Reimbursed Client Expenses|Income|
5010|Client Airfare|Cost of Goods Sold|
5020|Client Lodging|Cost of Goods Sold|
5030|Client Ground Travel|Cost of Goods Sold|
5040|Client Meals|Cost of Goods Sold|
5100|Subcontractors|Cost of Goods Sold|
6010|Airfare|Expense|
6020|Lodging|Expense|
6030|Ground Travel and Mileage|Expense|
6110|Meals, 50 % Deductible|Expense|
6120|Entertainment, Not Deductible|Expense|
6210|Software and Subscriptions|Expense|
6220|Hosting|Expense|
6310|Office Supplies and Small Equipment|Expense|
6320|Postage and Courier|Expense|
6330|Printing|Expense|
6340|Books and Periodicals|Expense, inactive|
6410|Rent|Expense|
6420|Telephone and Internet|Expense|
6510|Legal and Professional Fees|Expense|
6530|Training and Conferences|Expense|
6610|Insurance|Expense|
6710|Marketing and Events|Expense|
6905|Rounding Differences|Expense|
6910|Exchange Gain or Loss|Other Expense|
";
