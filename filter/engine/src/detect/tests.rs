//! Claims about all detectors together: examples, overlap, boundaries, hidden candidates, bounded work.

use super::*;
use proptest::prelude::*;
use std::cell::RefCell;
use std::collections::HashMap;

fn scanner() -> Scanner {
    Scanner::new(&Selection::All, Vec::new()).unwrap()
}

fn find(scanner: &Scanner, text: &str) -> Vec<(String, String)> {
    let mut hits = Hits::new();
    scanner.find(text, FieldContext::default(), &mut hits);
    hits.iter()
        .map(|hit| {
            let spec = scanner.detectors().nth(usize::from(hit.detector)).unwrap();
            (spec.name.to_string(), text[hit.start..hit.end].to_owned())
        })
        .collect()
}

/// Scenario: each example and counter-example of each detector, alone and inside longer text, with that detector only, or with all if it
/// goes by what others find.
/// Guarantees: exactly the marked spans are found.
#[test]
fn specs_tell_the_truth() {
    let mut wrong = Vec::new();
    for detector in built_in() {
        let spec = detector.spec();
        if spec.packs.contains(&"credentials") {
            continue; // held by examples made from its row
        }
        let with = if detector.is_beside() { built_in() } else { vec![detector] };
        let scanner = Scanner::with(with).unwrap();
        assert!(!spec.finds.is_empty() && !spec.passes_over.is_empty(), "{} has no examples", spec.name);
        let examples = spec.finds.iter().chain(spec.passes_over);
        for example in examples {
            let text = example.replace(['«', '»'], "");
            let expected: Vec<&str> =
                example.split('«').skip(1).map(|part| part.split('»').next().unwrap()).collect();
            for padding in [0, 1, 15, 16, 17, 40, 47, 48, 49, 63, 64, 65, 100] {
                let text = format!("{}{text}", ". ".repeat(padding).split_at(padding).1);
                let own = |(name, value)| (name == spec.name).then_some(value);
                let found: Vec<String> = find(&scanner, &text).into_iter().filter_map(own).collect();
                if found != expected {
                    wrong.push(format!("{}: {text}: {found:?}", spec.name));
                    break;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Scenario: what debugging needs, in the forms in which it usually comes.
/// Guarantees: nothing is found.
#[test]
fn signal_survives() {
    let scanner = scanner();
    for text in [
        "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7",
        "trace 12345678901234567890123456789012 span 1234567890123456",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "550e8400-e29b-41d4-a716-446655440000 01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "commit da39a3ee5e6b4b0d3255bfef95601890afd80709 registry.example.org/shop/api:v1.22.3-rc.1",
        "2026-11-23T07:54:21.123456789Z 2026-11-23 07:54:21,123 Mon, 23 Nov 2026 07:54:21 GMT",
        "23/Nov/2026:07:54:21 +0000 1732348461 1732348461123 1732348461123456 1732348461123456789 1732348461.123",
        "took 12.5ms, 1h3m2.5s, P1DT2H, 0.000123s, 1e+10, port 8080, :443, 65535/tcp",
        "http.status=200 bytes=1048576 count=1234567890 ratio=0.999999999999999",
        "checkout-7d9f8b6c5d-x2x4z ip-version=4 kubelet v1.30.2 go1.22.1 linux/amd64",
        "at com.example.shop.CheckoutController.pay(CheckoutController.java:142)",
        "File \"/srv/app/main.py\", line 17, in handle; std::vector<int>::at; core::option::unwrap",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
        "[credential] [direct-id] *** u_aeaqcaibaeaqcaibaeaqcaib2345 ***@***",
        "thread pool-1-thread-12 [main] GET /api/v1/orders/1234567/items?limit=10&page=2 HTTP/1.1 200 5123",
        "process.runtime.jvm.memory.usage_after_last_gc container.id=f2a1c9e80d7b",
        "span.kind=server token bucket refilled, 3 tokens; key=value; secret santa",
        "0x7ffee4b8c9a0 0xdeadbeef 10:20:30 12:30:45.123 12:30:45:123",
    ] {
        assert_eq!(find(&scanner, text), [], "{text}");
    }
}

/// Scenario: lines of services, made anew for each run of numbers: ids, digests, versions, times and counts of all lengths.
/// Guarantees: fewer than one line in two hundred is touched.
#[test]
fn benign_telemetry_survives() {
    let scanner = scanner();
    let mut state = 0x5eed_u64;
    let mut roll = move |sides: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) % sides
    };
    let mut touched = Vec::new();
    let count = 4000;
    for line in 0..count {
        let hex: String = (0..160).map(|_| char::from_digit(roll(16) as u32, 16).unwrap_or('0')).collect();
        let number = 10_u64.pow(4 + (line % 15)) + roll(10_u64.pow(4 + (line % 15)) * 8);
        let (minute, milli) = (roll(60), roll(1000));
        let (h32, h16, h40, h8) = (&hex[..32], &hex[32..48], &hex[48..88], &hex[88..96]);
        let text = match line % 8 {
            0 => format!(
                "ts=2026-11-23T07:{minute:02}:21.{milli:03}Z level=info trace_id={h32} span_id={h16} took={number}ns"
            ),
            1 => format!(
                "{{\"time\":\"2026-11-23 07:{minute:02}:21,{milli:03}\",\"offset\":{number},\"commit\":\"{h40}\",\"etag\":\"{h32}\"}}"
            ),
            2 => format!(
                "GET /api/v2/orders/{number}/items?page={milli} HTTP/1.1\" 200 {number} \"-\" req-{h8}"
            ),
            3 => format!(
                "081109 2036{minute:02} {milli} INFO dfs.DataNode: block blk_-{number} size {number} terminating"
            ),
            4 => format!(
                "pod checkout-{}-{} pulled registry.example.org/shop/api@sha256:{}",
                &h40[..10],
                &h8[..5],
                &hex[96..160]
            ),
            5 => format!(
                "at com.example.shop.Client.call(Client.java:{milli}) order {number} id {h8}-{}-4{}-a{}-{}",
                &h40[..4],
                &h40[4..7],
                &h40[7..10],
                &h40[10..22]
            ),
            6 => format!(
                "{number} 2026.11.23 kernel: ptr 0x{h16} version {}.{}.{minute}.{milli} lag {number}",
                milli % 9,
                minute % 7
            ),
            _ => format!(
                "queue_depth{{partition=\"{minute}\"}} {number} {} snowflake={number}",
                1_700_000_000_000 + number % 90_000_000_000
            ),
        };
        if !find(&scanner, &text).is_empty() {
            touched.push(format!("{text}: {:?}", find(&scanner, &text)));
        }
    }
    assert!((touched.len() as u32) < count / 200, "{} of {count}: {:#?}", touched.len(), touched.get(..8));
}

/// Scenario: packs by class, by country and by region.
/// Guarantees: each chooses what belongs to it and nothing else.
#[test]
fn packs_choose_by_class_and_country() {
    let chosen = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        let scanner = Scanner::new(&Selection::Named(names), Vec::new()).unwrap();
        scanner.detectors().map(|spec| spec.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(chosen(&["de"]), ["de-tax-id", "de-pension-number", "de-id-card", "de-tax-number"]);
    assert!(chosen(&["eu"]).contains(&"fr-nir".to_owned()));
    assert!(chosen(&["credential"]).len() > 200);
    assert_eq!(chosen(&["email", "email"]), ["email"]);
}

/// Scenario: a text of thousands of findings is explained, and one twice as long.
/// Guarantees: the second takes about twice the work: no explanation is compared with all others.
#[test]
fn explaining_is_linear() {
    let scanner = Scanner::new(&Selection::All, Vec::new()).unwrap();
    let work = |count: usize| {
        let text = "ann@example.org 10.0.0.1 ".repeat(count);
        let probe = Probe::new(&text, FieldContext::default());
        let told = scanner.explain_at(&text, FieldContext::default(), &probe);
        assert!(told.len() >= 2 * count, "{}", told.len());
        probe.looked_at.get()
    };
    let (once, twice) = (work(2000), work(4000));
    assert!(once <= 2000 * 25 * 128, "{once}");
    assert!(twice <= once * 2 + once / 8, "{once} then {twice}");
}

/// Scenario: a floor for a class, a candidate that is refused and one that is covered by another.
/// Guarantees: the floor drops what is less sure; each candidate is told with its reason, and no reason holds a value.
#[test]
fn candidates_are_explained() {
    let mut scanner = scanner();
    let because = |scanner: &Scanner, text: &str, name: &str| {
        let told = scanner.explain(text, FieldContext::default());
        let told = told.iter().find(|told| scanner.specs[usize::from(told.detector)].name == name);
        told.map(|told| (told.because, told.confidence))
    };
    assert_eq!(because(&scanner, "mail ann@example.org", "email").unwrap().0, "found");
    assert!(because(&scanner, "card 4111 1111 1111 1112", "card").unwrap().0.contains("check digit"));
    assert!(because(&scanner, "pesel 44051401358", "pl-pesel").unwrap().0.contains("impossible"));
    assert!(because(&scanner, "number 44051401359", "pl-pesel").unwrap().0.contains("nothing near"));
    assert!(because(&scanner, "pesel 44051401359", "pl-pesel").unwrap().1 > 50);
    scanner.set_floor(Class::DirectId, 90);
    assert_eq!(find(&scanner, "mail ann@example.org"), []);
    assert!(because(&scanner, "mail ann@example.org", "email").unwrap().0.contains("not as sure"));
}

/// Scenario: texts of every length, of bytes of every class.
/// Guarantees: padding the end of a text changes no byte of it.
#[test]
fn short_texts_are_padded_with_nothing() {
    for length in 0..16_u8 {
        let text: Vec<u8> = (1..=length).collect();
        let mut expected = [0; 16];
        expected[..text.len()].copy_from_slice(&text);
        assert_eq!(sites::padded(&text), expected);
    }
}

/// Scenario: as many patterns of a user as there are detectors, at any place in a text, also across blocks.
/// Guarantees: each finds its own, whatever the others begin with, and only where a word begins.
#[test]
fn many_patterns_of_a_user_find_each_its_own() {
    let letter = |number: u8| char::from(b'A' + number % 26);
    let users = (0..250_u8).map(|number| {
        let pattern = format!("{}{}[0-9]{{2}}", letter(number / 26), letter(number));
        user(&format!("user-{number}"), &pattern, &[], Class::Content)
    });
    let scanner = Scanner::new(&Selection::Named(vec!["email".to_owned()]), users.collect()).unwrap();
    for number in 0..250_u8 {
        let value = format!("{}{}42", letter(number / 26), letter(number));
        for padding in [0, 1, 30, 61, 62, 63, 64, 65, 127, 128] {
            let text = format!("{}{value} and GET IN X{value}", "-".repeat(padding));
            assert_eq!(find(&scanner, &text), [(format!("user-{number}"), value.clone())], "{text}");
        }
    }
}

/// Scenario: values of several kinds in one line.
/// Guarantees: each is found as what it is; where they overlap, as the worse.
#[test]
fn kinds_are_told_apart() {
    let scanner = scanner();
    let text = "ann@example.org paid 4111 1111 1111 1111 from 203.0.113.7 via https://bob:pw1@pay.example.org/ \
                password=ann@example.org";
    let found = find(&scanner, text);
    let found: Vec<(&str, &str)> =
        found.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        found,
        [
            ("email", "ann@example.org"),
            ("card", "4111 1111 1111 1111"),
            ("ipv4", "203.0.113.7"),
            ("url-user", "bob:pw1"),
            ("secret", "ann@example.org"),
        ]
    );
}

/// Scenario: a number whose meaning only the field's name tells.
/// Guarantees: found under that name, not elsewhere.
#[test]
fn the_name_of_a_field_is_context() {
    let scanner = scanner();
    let mut hits = Hits::new();
    scanner.find("4155550132", FieldContext { key: "customer.phoneNumber" }, &mut hits);
    assert_eq!(hits.len(), 1);
    scanner.find("4155550132", FieldContext { key: "order.id" }, &mut hits);
    assert_eq!(hits.len(), 0);
}

/// Scenario: tables with a header, with commas, semicolons, bars and quotes, and texts that merely begin with a line of words.
/// Guarantees: a value is found by the name of its column as behind a key, in each row; what stands in other columns is left.
#[test]
fn the_name_of_a_column_is_a_key() {
    let scanner = scanner();
    let values = |text| find(&scanner, text).into_iter().map(|(_, value)| value).collect::<Vec<_>>();
    assert_eq!(
        values("id,dob,state\n4711,1985-03-12,OH\n4712,1985-03-13,OH\n"),
        ["1985-03-12", "1985-03-13"]
    );
    assert_eq!(values("geburtsdatum;steuer_id\r\n12.03.1985;86095742719\r\n"), ["12.03.1985", "86095742719"]);
    assert_eq!(values("id,email,last_name\r\n1,ann@example.org,Example\r\n"), ["ann@example.org", "Example"]);
    assert_eq!(values("id|card|cvv\n17|4111111111111111|278"), ["4111111111111111", "278"]);
    assert_eq!(values("id,celular\n1,(11) 95704-0786"), ["(11) 95704-0786"]);
    assert_eq!(
        values("\"email\",\"last_name\",\"plan\"\n\"ann@example.org\",\"Example\",\"Gold\"\n"),
        ["ann@example.org", "Example"]
    );
    assert_eq!(
        values("name;card\nBożenna Przykład;4111111111111111"),
        ["Bożenna Przykład", "4111111111111111"]
    );
    assert_eq!(values("dob,ann is here\n1985-03-12"), Vec::<String>::new());
    assert_eq!(values("id,created,state\n4711,1985-03-12,OH\n"), Vec::<String>::new());
    assert_eq!(values("dob: x, y\nid,1985-03-12\n"), Vec::<String>::new());
}

/// Scenario: rows that are settings, below a header that says so and alone, in quotes, with bars and drawn; and rows that only look so.
/// Guarantees: a value is found by the name in its row; alone only what is drawn at random or chosen, and behind a name of secrets.
#[test]
fn the_name_in_a_row_is_a_key() {
    let scanner = scanner();
    let values = |text| find(&scanner, text).into_iter().map(|(_, value)| value).collect::<Vec<_>>();
    assert_eq!(
        values(
            "key,value,since\nsmtp_host,x,2026-06-22\nsmtp_password,hunter2x,2026-06-22\nfirst_name,Daniel,2026-06-22\n"
        ),
        ["hunter2x", "Daniel"]
    );
    assert_eq!(
        values("id;Setting;Value\n17;\"db.password\";\"hunter2 x\"\n18;email;ann@example.org\n"),
        ["hunter2 x", "ann@example.org"]
    );
    assert_eq!(values("smtp_password,enHSFskygexygAfM1hccSk,2026-06-22"), ["enHSFskygexygAfM1hccSk"]);
    assert_eq!(values("\"smtp_password\";\"hunter2x\";\"2026-06-22\""), ["hunter2x"]);
    assert_eq!(values("| api_key | k3X9qW0r7MzT2a8Hv5 | 2026-06-22 |\n"), ["k3X9qW0r7MzT2a8Hv5"]);
    for text in [
        "column,type,since\npassword,varchar2048,2026-06-22\n",
        "key,value,since\npassword,[credential],2026-06-22\ntoken,,2026-06-22\npassword,required,2026-06-22",
        "password,username,email2024,2026-06-22",
        "api_key,rate_limit_v2,2026-06-22",
        "error,token1234,2026-06-22",
    ] {
        assert_eq!(values(text), Vec::<String>::new(), "{text}");
    }
}

fn user(name: &str, pattern: &str, near: &[&str], class: Class) -> UserDetector {
    UserDetector {
        name: name.to_owned(),
        pattern: pattern.to_owned(),
        near: near.iter().map(|word| (*word).to_owned()).collect(),
        class,
    }
}

/// Scenario: a user's patterns, with and without words near them.
/// Guarantees: the longest match at word boundaries is found, with its class and name.
#[test]
fn user_patterns_find() {
    let scanner = Scanner::new(
        &Selection::Named(vec!["email".to_owned()]),
        vec![
            user("badge", r"EMP-\d{4,6}", &[], Class::DirectId),
            user("desk", r"\d{3}[A-Z]", &["desk"], Class::Location),
            user("tag", r"#[a-z]+", &[], Class::Content),
        ],
    )
    .unwrap();
    let find = |text| find(&scanner, text).into_iter().map(|(_, value)| value).collect::<Vec<_>>();
    assert_eq!(find("EMP-12345, XEMP-1234 EMP-1234567 EMP-4321"), ["EMP-12345", "EMP-4321"]);
    assert_eq!(find("desk 123A and hall 456B"), ["123A", "456B"]);
    assert_eq!(find("hall 456B"), Vec::<String>::new());
    assert_eq!(find("é#tag x#y"), ["#tag", "#y"]);
    let detectors: Vec<_> = scanner.detectors().map(|spec| spec.name.to_string()).collect();
    assert_eq!(detectors, ["email", "badge", "desk", "tag"]);
}

/// Scenario: an operational pattern of a user around what looks like a card.
/// Guarantees: the whole match is exempt, and the same digits elsewhere are not.
#[test]
fn operational_patterns_exempt() {
    let user = user("order-no", r"ORD-\d{16}", &[], Class::Operational);
    let scanner = Scanner::new(&Selection::All, vec![user]).unwrap();
    assert_eq!(find(&scanner, "ORD-4111111111111111"), []);
    assert_eq!(find(&scanner, "ORX 4111111111111111").len(), 1);
}

/// Scenario: patterns that would be slow, endless or meaningless.
/// Guarantees: each is refused with a hint.
#[test]
fn bad_patterns_are_refused() {
    let problem = |pattern| match Scanner::new(&Selection::All, vec![user("x", pattern, &[], Class::Content)])
    {
        Err(DetectError::Pattern { problem, .. }) => problem.to_string(),
        other => panic!("accepted {pattern}: {other:?}"),
    };
    assert!(problem("(").contains("not a regular expression"));
    assert!(problem("a*").contains("empty"));
    assert!(problem(".+x").contains("begin"));
    assert!(problem(r"\bORD").contains("word boundaries"));
    assert!(problem("x[a-z]{1,200}y[a-z]{1,200}z[a-z]{1,200}").contains("KiB"));
    assert!(matches!(
        Scanner::new(&Selection::Named(vec!["emial".to_owned()]), Vec::new()),
        Err(DetectError::Unknown { .. })
    ));
    assert!(matches!(
        Scanner::new(&Selection::All, vec![user("email", "x", &[], Class::Content)]),
        Err(DetectError::Duplicate { .. })
    ));
}

/// Scenario: private keys that are longer than the text in which their end is looked for, their breaks as they are or escaped, whole or
/// torn off. Guarantees: all of their lines are found, and what stands behind is not.
#[test]
fn long_private_keys_are_found_whole() {
    let scanner = Scanner::new(&Selection::Named(vec!["private-key".to_owned()]), Vec::new()).unwrap();
    let line = "lQOYBGKq1pQBCADEsoS4G9kU0PZ3vC8DWmJ9cT2mQ5r7xXo4hUuYwF1nZeA6bKtR";
    for lines in [100, 2000] {
        for divider in ["\n", "\r\n", "\\n", "\\r\\n"] {
            for footer in ["=njUN", "=njUN{}-----END PGP PRIVATE KEY BLOCK-----", "qL4="] {
                let body = [line, divider].concat().repeat(lines);
                let footer = footer.replace("{}", divider);
                let key = format!("-----BEGIN PGP PRIVATE KEY BLOCK-----{divider}{divider}{body}{footer}");
                let text = format!("loaded {key}\n{}", "msg=\"order shipped\" level=info\n".repeat(2000));
                let mut hits = Hits::new();
                scanner.find(&text, FieldContext::default(), &mut hits);
                let found: Vec<_> = hits.iter().map(|hit| (hit.start, hit.end)).collect();
                assert_eq!(found.len(), 1, "{lines} {divider:?}");
                let (start, end) = found[0];
                // Of one on a single line nobody knows where it was torn off.
                let torn = lines == 100 && !footer.contains("END") && divider.starts_with('\\');
                let behind = if torn { 18 << 10 } else { 0 };
                assert_eq!(start, 7, "{lines} {divider:?} {footer:?}");
                assert!(
                    (7 + key.len()..=7 + key.len() + behind).contains(&end),
                    "{lines} {divider:?} {footer:?}"
                );
            }
        }
    }
}

/// Scenario: private keys, whole and torn, each line behind what loggers and tools write there, and ordinary lines behind.
/// Guarantees: no line of a key stays; of one that stands as it is, torn off or not, nothing else goes.
#[test]
fn private_keys_are_found_behind_prefixes() {
    let scanner = Scanner::new(&Selection::Named(vec!["private-key".to_owned()]), Vec::new()).unwrap();
    let line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
    let behind = "2026-11-28T10:00:00Z level=info msg=\"request done\" status=200\n".repeat(3000);
    for prefix in
        ["", "INFO ", "app_1  | ", "> ", "2026-11-28 10:00:00,123 INFO  [main] c.e.App - ", "10:00:00 "]
    {
        for lines in [2, 27, 1500] {
            for torn in [false, true] {
                let mut key = vec!["-----BEGIN RSA PRIVATE KEY-----"];
                key.extend(std::iter::repeat_n(line, lines));
                key.push(if torn { "MIIEvQIBADANBgkqhkiG9w0B" } else { "-----END RSA PRIVATE KEY-----" });
                let key = key.join(&format!("\n{prefix}"));
                let mut hits = Hits::new();
                scanner.find(&format!("{prefix}{key}\n{behind}"), FieldContext::default(), &mut hits);
                let found: Vec<_> = hits.iter().map(|hit| (hit.start, hit.end)).collect();
                let whole = (prefix.len(), prefix.len() + key.len());
                if torn && !prefix.is_empty() {
                    // Up to where the longest of them would have ended.
                    assert!(lines == 1500 || found[0].1 >= whole.1, "{prefix:?} {lines}");
                } else {
                    assert_eq!(found, [whole], "{prefix:?} {lines} {torn}");
                }
            }
        }
    }
}

/// Scenario: inputs made so that each of many candidates invites a long look.
/// Guarantees: recognizers look at a bounded number of bytes per byte of text, and twice the text costs twice as much.
#[test]
fn work_is_linear_whatever_the_text() {
    let scanner =
        Scanner::new(&Selection::All, vec![user("greedy", "x[a-z=@.]*!", &["nothing"], Class::Content)])
            .unwrap();
    let jwt = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
    let seeds = [
        "aaaa@",
        "a@a.aa@",
        "@",
        "://a@",
        "://a:b@",
        "x://",
        "1",
        "1 ",
        "1-",
        "4111 ",
        "4111-1111-",
        "1.1.",
        "1.",
        "1:",
        "a:",
        "::",
        "::1",
        "::a",
        "ab:",
        "ab-",
        "abcd.",
        "password=",
        "password=\"",
        "password=\\\"",
        "token:",
        "password=,",
        "pwd=a&",
        "password=[",
        "{\"kty\":",
        "\"kty\":\"d\":\"aaaaaaaaaaaaaaaaaaa\",",
        "secret, new value a1b2c3d4 ",
        "SET otp:1 ",
        "set-cookie remember_web_a=",
        "/reset/aaaaaaaaaaaaA1",
        "gh secret set --body ",
        "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE Signature=",
        "--password ",
        "--",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n",
        "-----BEGIN ",
        "-----BEGIN RSA",
        "-----END ",
        "eyJ",
        "eyJ.",
        "eyJ-",
        "eyJhbGci-",
        "Bearer ",
        "Bearer aaaaaaaaaaaa1 ",
        "Bearer aaaaaaaaaaaa.",
        "basic aaaaaaaaaaaa ",
        "authorization: ",
        "authorization: digest ",
        "AKIA",
        "AKIA-",
        "ghp_",
        "ghp_-",
        "xoxb-",
        "hooks.slack.com/services/",
        "DE89",
        "DE89 ",
        "+1",
        "+1 ",
        "(415) ",
        "415-555-",
        "123-45-",
        "123456789 ",
        "1234567890 ",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY ",
        "xx",
        "x=",
        "é",
        "\\",
        "\"",
        "password\\\\\\\\\\\\\\\\=",
        "api_key=\\\\\\\\\\\\\\\\\\\\",
        jwt,
        "password:'\\'",
        "password=${",
        "password={",
        "PWD=/",
        "password=%(",
        "password=<",
        "authorization:",
        "authorization=a1",
        "secret=x",
        "token=***",
        "Authorization: Bearer ",
        ".",
        "password=[a",
        "passwords=[\"a1\",",
        "tokens=(a1b2c3 ",
        "passwords:\n - a1\n",
        "passwords=['",
        "phones=[1,",
        "A<<<<<",
        "1° ",
        "BEGIN:VCARD\nFN:",
        "ADR:;;;;;aaa",
        "born on 1 May ",
        "May 1, ",
        "--token\n- ",
        "sha256~",
        "password from a1234 to ",
        "\\\"password\\\":\\\"",
        "Cookie: a=",
        "cookie: a=b; ",
        ":thin:a/",
        "@tcp(",
        " -p ",
        "mysql -p",
        "curl -u a:",
        "name: A ",
        "address: 1 Aa ",
        "1 Street ",
        "lat=1.2345,",
        "1.23456,",
        "0x00000000000",
        "phone 0 ",
        "ssn 1",
        "AB12",
        "AAAA1111",
        "1111111A",
        "11-11-11 ",
        "-us1",
        "password is a1 ",
        "sig=",
        "token aaaaaaaaaa1B",
        "1Aa1Aa1",
        "sk-",
        "11111111111111111111111111111111aB",
        "\"a\"@",
        "\"\\\"a@",
        "password \"",
        "password \\\"",
        "password '",
        "cvv 123 ",
        "1234 is your ",
        "first name is A",
        "/session/aaaaaaaaaaa1",
        "1.1.1.1 to ",
        "upgraded from 1.1.1.1 ",
        "/A/1.1.1.1",
        "4111.",
        "4111/",
        "pw:",
        "Ann Xx ",
        "Xa, Ann ",
        "姓名：王",
        "ann@a.aa ",
        "name is Ann Xx",
        "smtp_password,a1\n",
        "[[\"a\",\"b\"],",
        "[\"ssn\"]=>\n string(1) \"",
        "[secret:a:private] => ",
        "<key>ssn</key><string>",
        "{\"\"a\"\":",
        "authorization:\tbearer+",
        "\u{1b}[0m ",
    ];
    let work = |text: &str| {
        let mut hits = Hits::new();
        scanner.find(text, FieldContext::default(), &mut hits);
        hits.looked_at
    };
    let mut most = 0;
    for first in seeds {
        for second in seeds {
            let unit = format!("{first}{second}");
            let text = unit.repeat(4096 / unit.len() + 1);
            let once = work(&text);
            let per_byte = once / text.len();
            assert!(per_byte <= 128, "{unit}: {per_byte} bytes looked at per byte");
            most = most.max(per_byte);
            let twice = work(&text.repeat(2));
            assert!(twice <= once * 2 + once / 16 + 1024, "{unit}: {once} then {twice}");
        }
    }
    // The figure that docs/rationale/detection.md gives.
    assert!(most >= 64, "only {most} bytes looked at per byte: lower the bound");
}

/// Pieces that make candidates, values and near misses when put together.
fn pieces() -> impl Strategy<Value = String> {
    let fragments = prop::sample::select(vec![
        "ann@example.org",
        "@",
        ".",
        ":",
        "::",
        "-",
        "--",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111_1111_1111_1111",
        "4111  1111  1111  1111",
        "4111 - 1111 - 1111 - 1111",
        "4111\u{a0}1111\u{2011}1111",
        "X-2482300-W",
        "4111-",
        "536-22-1234",
        "536221234",
        "ssn ",
        "+1 415 555 0132",
        "(415) 555-0132",
        "415-555-0132",
        "phone ",
        "203.0.113.7",
        "1.2.3.4",
        ".5",
        "2001:db8::1",
        "fe80::",
        "ab:",
        "00:1a:2b:3c:4d:5e",
        "00-1a-2b-3c-4d-5e",
        "001a.2b3c.4d5e",
        "DE89370400440532013000",
        "GB29 NWBK 6016 1331 9268 19",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.abc",
        "Bearer 9f86d081884c7d65",
        "basic YW5uOnNlY3JldA==",
        "Authorization: ",
        "password=",
        "token: ",
        "\"password\":\"x\"",
        "--password ",
        "AKIAIOSFODNN7EXAMPLE",
        "aws ",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "ghp_0123456789abcdefghijABCDEFGHIJ012345",
        "https://",
        "a:b@",
        "xoxb-123456789012-abcdefghijkl",
        "hooks.slack.com/services/T00000000/B00000000/X",
        " ",
        "\n",
        "\"",
        "'",
        "\\",
        "/",
        "=",
        "é",
        "用",
        "a",
        "1",
        "f",
        "_",
        ",",
        "(",
        ")",
        "[credential]",
        "***",
        "v",
        "x y z",
        "\"ann smith\"@",
        "password \"",
        "token '",
        "pw",
        "cvv ",
        "cvv",
        "your code is ",
        "493817",
        " is your code",
        "customer name",
        " is ",
        "Ann Miller",
        "/session/",
        "9f86d081884c7d659a2feaa0c55ad015",
        "4111.1111.1111.1111",
        "4111 11111111 1111",
        "upgraded from 1.2.3.4 to ",
        "openssl ",
        "passwords: [",
        "tokens=(",
        "\"a1b2c3\", ",
        "x1y2z3 ",
        "]",
        "°",
        "born on ",
        "march ",
        "12 ",
        "de marzo de 1985",
        "<<<<<",
        "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
        "L898902C<3UTO6908061F9406236ZE184226B<<<<<14",
        "sha256~",
        "ADR:;;12 Example Street;Springfield;;;",
        "BEGIN:VCARD\nFN:",
        "--password\n- ",
    ]);
    prop_oneof![4 => fragments.prop_map(str::to_owned), 1 => "[ -~]{0,3}", 1 => any::<char>().prop_map(String::from)]
}

fn texts() -> impl Strategy<Value = String> {
    prop::collection::vec(pieces(), 0..24).prop_map(|pieces| pieces.concat())
}

/// Whether a text begins with a pattern, as the regex crate says. Patterns are compiled once a thread.
fn begins(text: &[u8], pattern: &'static str) -> bool {
    thread_local! {
        static COMPILED: RefCell<HashMap<&'static str, regex::bytes::Regex>> = RefCell::default();
    }
    COMPILED.with_borrow_mut(|compiled| {
        compiled
            .entry(pattern)
            .or_insert_with(|| regex::bytes::Regex::new(&format!("^(?-u:(?s:{pattern}))")).unwrap())
            .is_match(text)
    })
}

/// Whether a byte is a digit, or stands alone between two.
fn is_part(text: &[u8], place: usize) -> bool {
    let byte = |place: usize| text.get(place).copied().unwrap_or(0);
    byte(place).is_ascii_digit()
        || b" -./".contains(&byte(place))
            && place > 0
            && byte(place - 1).is_ascii_digit()
            && byte(place + 1).is_ascii_digit()
}

/// Whether a text begins with a word of one or two letters for `is`, between blanks.
fn is_word_for_is(rest: &[u8]) -> bool {
    begins(rest, " [AEIaei]s ") || [" é ", " è ", " är "].iter().any(|word| rest.starts_with(word.as_bytes()))
}

/// Whether a kind of site is at a place, asked of the plain text: the oracle of the masks.
fn is_site(site: Site, text: &str, at: usize) -> bool {
    let rest = text.as_bytes().get(at..).unwrap_or(&[]);
    let before = at.checked_sub(1).and_then(|at| text.as_bytes().get(at)).copied().unwrap_or(0);
    let matches = |pattern| begins(rest, pattern);
    let number = !before.is_ascii_alphanumeric();
    let after_hex = before.is_ascii_hexdigit();
    match site {
        Site::At => matches("@"),
        Site::DigitGroups => {
            let apart = "[0-9]{4}(_|  | - |[^\\x00-\\x7f]{2,3})[0-9]{4}";
            number && (rest.len() >= 13 && (0..13).all(|place| is_part(rest, place)) || matches(apart))
        }
        Site::LongNumber => number && matches("[0-9]{9}"),
        Site::ThreeTwoFour => number && matches("[0-9]{3}[ -][0-9]{2}[ -][0-9]{4}"),
        Site::Number => {
            number
                && ((0..8).all(|place| is_part(rest, place))
                    && !matches("[0-9]{4}-[0-9]{2}-[0-9]{2}[0-9A-Za-z ][0-9]{2}([^0-9]|$)")
                    || matches("[A-Za-z]{1,5}[0-9]{4}")
                    || matches("[A-Za-z]{6}[0-9]{2}")
                    || matches("[A-Za-z]{2}[ -][0-9]{2}[ -][0-9]{2}")
                    || matches("[A-Za-z][0-9]{3}-")
                    || matches("[A-Za-z]-[0-9]{6}")
                    || matches("[0-9]{6}[A-Za-z][0-9]{3}")
                    || matches("[0-9]{7}[0-9]?-?[A-Za-z]")
                    || matches("[0-9][A-Za-z].[0-9]([A-Za-z].[0-9][A-Za-z]{2}|-[A-Za-z].[0-9])"))
        }
        Site::Fraction => before.is_ascii_digit() && matches(r"\.[0-9]{4}"),
        Site::Degree => matches("[0-9][^0-9A-Za-z ./_-]{2} ?[0-9]"),
        Site::Tilde => before.is_ascii_alphanumeric() && matches("~[0-9A-Za-z]"),
        Site::Filler => before.is_ascii_alphanumeric() && matches("<{5}"),
        Site::HouseNumber => {
            let day =
                text.as_bytes()[..at].iter().rev().skip(1).take(3).take_while(|byte| byte.is_ascii_digit());
            let day = at.saturating_sub(1 + day.count());
            let told = matches!(&text.as_bytes()[..day], [.., letter, b' '] if letter.is_ascii_alphabetic());
            let ended = before == b'.' && told && (2..=3).contains(&(at - day));
            let lettered = matches!(&text.as_bytes()[..at], [.., digit, letter] if digit.is_ascii_digit() && letter.is_ascii_alphabetic());
            (before.is_ascii_digit() || ended || lettered)
                && matches(" ([A-Za-z]|[\\xc3-\\xc5])")
                && !matches(" (INFO|WARN|ERRO|DEBU|TRAC|FATA)")
        }
        Site::HexTail => after_hex && matches("-[G-Zg-z][0-9A-Za-z][0-9]"),
        Site::Is => is_word_for_is(rest),
        Site::ShortFlag => {
            before == b' ' && matches("-[0-9A-Za-z]")
                || matches!(before, b'"' | b'\'') && matches("-[A-Za-z]")
        }
        Site::PhoneLead => matches("[+(][0-9]"),
        Site::DottedQuad => before.is_ascii_digit() && matches(r"\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]"),
        Site::ColonChain => after_hex && matches("(:[0-9a-fA-F]{1,4}){3}:"),
        Site::DoubleColon => matches("::[0-9a-fA-F]") || after_hex && matches("::"),
        Site::DashPairs => after_hex && matches("(-[0-9a-fA-F]{2}){3}"),
        Site::DotQuads => after_hex && matches(r"(\.[0-9a-fA-F]{4}){2}"),
        Site::Iban => {
            let escaped = matches!(text.as_bytes().get(..at), Some([.., b'\\', b'n' | b'r' | b't']));
            (number || escaped) && matches("[A-Za-z]{2}[0-9]{2}")
        }
        Site::Tuple => matches("[(][\"']"),
        Site::Armor => matches("-----[0-9A-Za-z]"),
        Site::Flag => number && before != b'-' && matches("--[0-9A-Za-z]"),
        Site::OpaqueRun => {
            number
                && !matches!(before, b'+' | b'/')
                && (matches("[0-9A-Za-z+/]{32}") || before == b'$' && matches("[0-9A-Za-z+/]{16}"))
                && !matches("[0-9A-Fa-f]{16}")
        }
        Site::Prefix(texts) => {
            number
                && matches("[0-9A-Za-z_.-]{11}")
                && texts.iter().any(|text| rest.starts_with(text.as_bytes()))
        }
        Site::After(words) => {
            let told = before == b' '
                && at.checked_sub(2).is_some_and(|at| text.as_bytes()[at].is_ascii_alphabetic())
                && matches(
                    "[0-9]{3}|[0-9]{1,2}[^0-9/_-]|[\"'`\\\\($]|[0-9A-Za-z][^\n]{2}[0-9A-Za-z]-[0-9A-Za-z]",
                );
            let head = text.as_bytes().get(..at.saturating_sub(1)).unwrap_or(&[]);
            let quoted = before == b' '
                && matches!(head, [.., letter, b'"' | b'\''] if letter.is_ascii_alphabetic())
                && matches("[\"'`\\\\(]");
            let numbered = before == b' '
                && head.last().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'.')
                && matches("[0-9A-Za-z]{8}")
                && rest.iter().take(10).any(u8::is_ascii_digit);
            let chosen = before == b' '
                && head.last().is_some_and(u8::is_ascii_alphabetic)
                && (matches("[A-Za-z][0-9A-Za-z_.-]{7}")
                    && rest.iter().skip(4).take(6).any(u8::is_ascii_digit)
                    || matches("[A-Za-z][0-9A-Za-z_.-]{6}")
                        && rest.iter().skip(4).take(3).any(u8::is_ascii_digit));
            let marked = before == b' '
                && head.last().is_some_and(u8::is_ascii_alphabetic)
                && matches("[A-Za-z][0-9A-Za-z]{0,6}[!#$%&*?^@~][0-9A-Za-z]")
                && rest.iter().take(8).filter(|byte| **byte != b' ').count() == 8;
            (told
                || quoted
                || chosen
                || marked
                || numbered
                || before == b' ' && matches("[0-9A-Za-z][0-9A-Za-z_.-]{10}"))
                && words.iter().any(|word| {
                    let head = &text.as_bytes()[..at - 1 - usize::from(quoted)];
                    let tail = head.len().checked_sub(word.len()).map(|from| &head[from..]);
                    tail.is_some_and(|tail| {
                        tail.iter().zip(word.bytes()).all(|(byte, wanted)| {
                            byte.eq_ignore_ascii_case(&wanted) || wanted == b' ' && b"_-".contains(byte)
                        })
                    })
                })
        }
        Site::Segment(words) => {
            let head = &text.as_bytes()[..at.saturating_sub(1)];
            let ends = |word: &&&str| {
                let tail = head.len().checked_sub(word.len()).map(|from| &head[from..]);
                tail.is_some_and(|tail| tail.eq_ignore_ascii_case(word.as_bytes()))
            };
            before == b'/' && matches("[0-9A-Za-z][0-9A-Za-z_-]{19}") && words.iter().any(|word| ends(&word))
        }
        Site::Key(words) => {
            // Read backward: what stands between key and operator, then three letters.
            let head: Vec<u8> = text.as_bytes()[..at].iter().rev().copied().collect();
            let gap = head.iter().take(4).take_while(|byte| b"\"'\\ `:[])-+?".contains(byte)).count();
            // A separator before the last two letters is skipped.
            let mut tail: Vec<u8> = head[gap..].iter().take(4).copied().collect();
            if tail.len() > 2 && b"_-. ".contains(&tail[2]) {
                tail.remove(2);
            }
            let ending: Vec<u8> = tail.iter().take(3).rev().copied().collect();
            let ends = |word: &&str| match word.as_bytes() {
                [.., b'c', b'n'] => tail.get(..2).is_some_and(|tail| tail.eq_ignore_ascii_case(b"nc")),
                [.., b'p', b'w'] => tail.get(..2).is_some_and(|tail| tail.eq_ignore_ascii_case(b"wp")),
                word => ending.eq_ignore_ascii_case(&word[word.len() - 3..]),
            };
            let counted = matches!(head.as_slice(), [b'0'..=b'9', other, ..] if !other.is_ascii_alphabetic())
                || matches!(head.as_slice(), [b'0'..=b'9']);
            (!counted && matches("[=:>]") || is_word_for_is(rest)) && words.iter().any(ends)
        }
    }
}

proptest! {
    /// Scenario: for each row, what its patterns let through: extremes and anything between, with arithmetic held to its bounds.
    /// Guarantees: no check of a number panics.
    #[test]
    fn checks_of_numbers_take_whatever_their_patterns_let_through(
        filling in proptest::collection::vec(prop_oneof![Just(0_u8), Just(35), 0..36_u8], ids::LONGEST)
    ) {
        for number in ids::IDS.iter().flat_map(|row| row.shaped(&filling).map(move |number| (row, number))) {
            let _ = number.0.is_possible(&number.1);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// Scenario: random mixes of values, near misses and other text, with names among them, in one line or several.
    /// Guarantees: what a look at the bytes rules out is nothing that would be found.
    #[test]
    fn a_look_spares_nothing_that_is_found(text in texts(), name in "|Dear Ann Example,|user Zoé Exemple|name,pin\nann,4931\n") {
        let scanner = Scanner::new(&Selection::All, Vec::new()).unwrap();
        let (mut looked, mut all) = (Hits::new(), Hits::new());
        let text = format!("{name} {text}");
        let look = Look { otherwise: !text.is_ascii(), ..reading::look(text.as_bytes()) };
        scanner.find_as(&text, FieldContext::default(), Whose::All, look, &mut looked);
        let unknown = Look { otherwise: !text.is_ascii(), ..Look::UNKNOWN };
        scanner.find_as(&text, FieldContext::default(), Whose::All, unknown, &mut all);
        prop_assert_eq!(&*looked, &*all);
    }

    /// Scenario: random mixes of values, near misses and other text.
    /// Guarantees: each detector finds through the shared pass exactly what its recognizer finds when it is run at every
    /// byte that regular expressions call one of its sites. No candidate is lost at a window's edge or to another one.
    #[test]
    fn the_pass_loses_no_candidate(text in texts()) {
        for detector in built_in() {
            let scanner = Scanner::with(vec![detector]).unwrap();
            let mut hits = Hits::new();
            scanner.find_as(&text, FieldContext::default(), Whose::All, Look { otherwise: !text.is_ascii(), ..Look::UNKNOWN }, &mut hits);
            let probe = Probe::new(&text, FieldContext::default());
            // Cells are found by their column, not at a site.
            prop_assume!(probe.header().is_none());
            let mut expected = Hits::new();
            for at in 0..text.len() {
                // What an option names is shown to all that know it by its name.
                if is_site(Site::Flag, &text, at) {
                    scanner.meet_fields(sites::FLAG, at, &probe, &mut |index, span| {
                        scanner.keep(index, span.unwrap_or(0..0), &probe, &mut expected);
                    });
                }
                for site in detector.sites() {
                    probe.forget();
                    if !is_site(*site, &text, at) {
                        continue;
                    }
                    let mut found = detector.confirm(&probe, at);
                    while let Some(span) = found.take().filter(|span| span.start < span.end) {
                        let list = probe.listed();
                        found = list.and_then(|list| detector.next(&probe, list, span.end));
                        let class = detector.spec().class;
                        let confidence = probe.confidence(detector.spec().confidence);
                        expected.push(Finding { start: span.start, end: span.end, detector: 0, class, confidence });
                    }
                }
            }
            expected.resolve();
            prop_assert_eq!(&hits[..], &expected[..], "{} in {:?}", detector.spec().name, text);
        }
    }

    /// Scenario: all detectors together on random mixes.
    /// Guarantees: findings are in order, apart, on character boundaries; every byte that one detector alone finds is
    /// covered, by a class at least as severe.
    #[test]
    fn together_they_cover_what_each_finds_alone(text in texts()) {
        let mut together = Hits::new();
        scanner().find(&text, FieldContext::default(), &mut together);
        let mut end = 0;
        for hit in together.iter() {
            prop_assert!(hit.start >= end && hit.start < hit.end);
            prop_assert!(text.get(hit.start..hit.end).is_some());
            end = hit.end;
        }
        for detector in built_in() {
            let mut alone = Hits::new();
            Scanner::with(vec![detector]).unwrap().find(&text, FieldContext::default(), &mut alone);
            for hit in alone.iter() {
                let cover = together.iter().find(|cover| cover.start <= hit.start && hit.end <= cover.end);
                prop_assert!(cover.is_some_and(|cover| hits::severity(cover.class) >= hits::severity(hit.class)));
            }
        }
    }

    /// Scenario: users' patterns on random text.
    /// Guarantees: what is found is what the regex crate finds as the longest match at each word boundary.
    #[test]
    fn user_patterns_agree_with_the_regex_crate(text in texts()) {
        for pattern in [r"\d{3,6}", "[a-f]+[0-9]", "ann@[a-z.]+", "-{2,}[A-Z]+", "a|ab|abc1"] {
            let scanner = {
                let mut scanner = Scanner::with(Vec::new()).unwrap();
                let index = 0;
                let detector = user("x", pattern, &[], Class::Content);
                scanner.specs.push(detector.spec());
                scanner.users.add(detector, index, &mut scanner.tables).unwrap();
                scanner
            };
            let mut hits = Hits::new();
            scanner.find(&text, FieldContext::default(), &mut hits);
            let bytes = text.as_bytes();
            let oracle = regex::bytes::Regex::new(&format!("^(?-u:{pattern})$")).unwrap();
            let mut expected = Hits::new();
            for start in 0..text.len() {
                let longest = (start + 1..=text.len().min(start + LONGEST)).rev().find(|end| oracle.is_match(&bytes[start..*end]));
                let word = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
                if let Some(end) = longest
                    && !(word(start) && start > 0 && word(start - 1))
                    && !(word(end) && word(end - 1))
                {
                    expected.push(Finding { start, end, detector: 0, class: Class::Content, confidence: USER_CONFIDENCE });
                }
            }
            expected.resolve();
            prop_assert_eq!(&hits[..], &expected[..], "{} in {:?}", pattern, text);
        }
    }
}

/// Scenario: values as most of telemetry has them: methods, routes, names of pods and hosts, labels with a number, plain sentences.
/// Guarantees: none holds a candidate. A candidate costs a value as much as its whole pass, and nobody sees where it came from.
#[test]
fn ordinary_values_are_passed_over() {
    let values = [
        "GET",
        "HTTP/1.1",
        "application/json",
        "/api/v1/orders",
        "/api/orders/{id}/items",
        "checkout-7d9f8b6c5d-x2x4z",
        "query/payment-3000",
        "session/completed-4147",
        "order/inventory-8553",
        // Begins like what vendors' hosts are called, but for the last of eight bytes.
        "upstream/connect-4088",
        "us-east-1a",
        "http-nio-8080-exec-7",
        "com.example.orders.OrderService.create",
        "src/main/java/OrderService.java",
        "payment index queue completed hit completed database order worker finished upstream inventory",
        "request finished in 12 ms with status 200",
        "16:05:58,142 INFO [main] org.example.orders.Service: ready",
        "for class org.example.orders.Service",
        "connection reset by peer",
        "cache miss, reading from the database",
        "SELECT orders",
        "worker 3 started, 12 jobs waiting",
        "kubelet started container in pod",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "2.14.3",
        "gzip, deflate, br",
        "java.lang.NullPointerException",
    ];
    let scanner = scanner();
    let met: Vec<_> = values.iter().filter(|value| !scanner.passes_over(value.as_bytes())).collect();
    assert!(met.is_empty(), "{met:?}");
}
