//! Telephone numbers: international with a plus and an assigned country code (ITU-T E.164), North American in their
//! usual spellings; ten bare digits only where the text calls them a telephone number.

use super::probe::{Heads, grouped};
use super::rows;
use super::ssn::is_part_of_longer_number;
use super::{Detector, Probe, Site, Spec, is_listed};
use crate::Class;
use core::ops::Range;

/// Words before numbers, in several languages.
static WORDS: [&str; 238] = grouped([
    "phone",
    "tel.",
    "tel:",
    "tel_",
    "telef",
    "télé",
    "mobile",
    "mobil",
    "cell.",
    "cell_",
    "cellphone",
    "fax",
    "call me.",
    "call us",
    "call him",
    "call her",
    "call them",
    "call back",
    "call to",
    "call owner",
    "call customer",
    "call client",
    "call tenant",
    "call driver",
    "call patient",
    "call guest",
    "call parent",
    "call from",
    "call at",
    "call on",
    "reach me",
    "reach us",
    "reached at",
    "reached on",
    "text me.",
    "ring me.",
    "back at",
    "me on",
    "me at",
    "us on",
    "us at",
    "telem",
    "gsm.",
    "teleph",
    "te*",
    "hotline",
    "landline",
    "sms",
    "whatsapp",
    "msisdn",
    "handy",
    "rufnummer",
    "rückruf",
    "movil",
    "móvil",
    "mobie",
    "llamar",
    "llamada",
    "llámame",
    "llamame",
    "puh.",
    "cel.",
    "טל.",
    "τηλ",
    "bellen op",
    "bereik",
    "ligar",
    "joindre",
    "erreich",
    "anruf",
    "dzwoni",
    "zadzwo",
    "pod numer",
    "når mig",
    "nå mig",
    "ring mig",
    "ringa",
    "tél.",
    "TÉL.",
    "celular",
    "contact n",
    "contact <",
    "called from",
    "calling from",
    "rufen",
    "tfno",
    "tlf.",
    "mob.",
    "ph.",
    "fone.",
    "contato",
    "voicemail",
    "called back",
    "call:",
    "callerid",
    "caller id",
    "telf",
    "mi número",
    "meu número",
    "mio numero",
    "mój numer",
    "mitt nummer",
    "meine nummer",
    "mijn nummer",
    "joignable",
    "contacto",
    "bel me.",
    "bel mij",
    "ring meg",
    "טלפון",
    "연락처",
    "मोबाइल",
    "फोन",
    "هاتف",
    "جوال",
    "cb.",
    "contact:",
    "my number",
    "callback",
    "dial",
    "desk:",
    "office:",
    "answering at",
    "appel",
    "portable",
    "belde",
    "gebeld",
    "belt vanaf",
    "ringde",
    "ligou",
    "telefon",
    "al numero",
    "al número",
    "ao número",
    "unter der nummer",
    "op nummer",
    "op het nummer",
    "på nummer",
    "pod nr",
    "can reach",
    "reach the tenant",
    "reach the customer",
    "reach the client",
    "reach the patient",
    "reach the guest",
    "patient on",
    "caller on",
    "reach him",
    "reach her",
    "reach them",
    "reachable",
    "new number is",
    "other number is",
    "neue nummer",
    "nieuwe nummer",
    "nuevo número",
    "nuovo numero",
    "novo número",
    "nowy numer",
    "numéro",
    "cellulare",
    "chiam",
    "numer tel",
    "komórk",
    "puhelin",
    "тел",
    "Тел",
    "ТЕЛ",
    "portow",
    "z numeru",
    "na numer",
    "numer abon",
    "bel ont",
    "bel klant",
    "bel de klant",
    "bel op",
    "swish",
    "bizum",
    "vipps",
    "mobilepay",
    "mb way",
    "mbway",
    "twint",
    "phonepe",
    "paytm",
    "abonent",
    "kontaktow",
    "kontaktn",
    "kontakt pod",
    "kontakt tel",
    "kontakt unter",
    "kontakt på",
    "contact.",
    "kontakt.",
    "contact op",
    "contact au",
    "contactar al",
    "contatto",
    "dostępny pod",
    "osiągaln",
    "nås på",
    "nås via",
    "nås under",
    "träffas på",
    "nå oss",
    "treffes på",
    "træffes på",
    "ringes på",
    "ringe",
    "tavoit",
    "raggiungi",
    "reperibil",
    "contattabil",
    "localizable",
    "contactable",
    "disponible al",
    "disponível no",
    "elérhető",
    "zastihn",
    "zastižen",
    "dostupn",
    "ulaşıl",
    "joint au",
    "chave",
    "pix.",
    "oddzwo",
    "телефон",
    "связ",
    "连络",
    "联系",
    "聯絡",
    "連絡先",
    "电话",
    "手机",
    "電話",
    "携帯",
    "전화",
    "휴대",
]);

/// Words that a letter ends with, before a name and perhaps a number in a line of its own.
const SIGNED: &[&str] = &[
    "regards",
    "sincerely",
    "cheers",
    "thanks",
    "thank you",
    "grüße",
    "gruß",
    "cordialement",
    "saludos",
    "saluti",
    "atenciosamente",
    "cumprimentos",
    "obrigad",
    "groet",
    "pozdrawiam",
    "hälsning",
    "hilsen",
];

/// How they begin: numbers that nothing near may call one are passed over at once.
static HEADS: Heads = Heads::of(&WORDS);

/// National numbers: country, first digits, least and most digits (national numbering plans as ITU-T publishes them).
const PLANS: &[(&str, &str, usize, usize)] = &[
    ("GB", "0", 10, 11),
    ("DE", "0", 8, 12),
    ("FR", "0", 10, 10),
    ("IT", "0", 8, 11),
    ("IT", "3", 9, 10),
    ("ES", "6789", 9, 9),
    ("PT", "239", 9, 9),
    ("NL", "0", 10, 10),
    ("BE", "0", 9, 10),
    ("CH", "0", 10, 10),
    ("AT", "0", 8, 12),
    ("SE", "0", 8, 10),
    ("NO", "23456789", 8, 8),
    ("DK", "23456789", 8, 8),
    ("FI", "0", 8, 11),
    ("PL", "45678", 9, 9),
    ("CZ", "234567", 9, 9),
    ("IE", "0", 9, 10),
    ("GR", "26", 10, 10),
    ("HU", "0", 10, 11),
    ("RU", "8", 11, 11),
    ("TR", "05", 10, 11),
    ("IL", "0", 9, 10),
    ("ZA", "0", 10, 10),
    ("IN", "06789", 10, 11),
    ("CN", "01", 10, 12),
    ("JP", "0", 10, 11),
    ("KR", "0", 9, 11),
    ("SG", "3689", 8, 8),
    ("AU", "0", 10, 10),
    ("NZ", "0", 8, 11),
    ("BR", "123456789", 10, 11),
    ("MX", "23456789", 10, 10),
    ("AR", "01", 10, 12),
];

pub(super) struct Phone;

impl Detector for Phone {
    fn spec(&self) -> Spec {
        Spec::new("phone", Class::DirectId, "Telephone numbers")
            .finds(&[
                "Failing row contains (1, null, Anna Example, «0170 4711890»).",
                "call «+1 415 555 0132» or «+14155550132»",
                "«+49 30 901820», «+44 (0)20 7946 0958»",
                "tel:«+33-1-99-00-12-34».",
                "sms to «+4915112345678» 200 OK, retry «+491701234567» 3 of 5, «+49 170 1234567» 203.0.113.7 GET, «+14155550132» 1 part",
                "«(415) 555-0132»; «415-555-0132», «415.555.0132»",
                "«1-415-555-0132»",
                "«+1 (415) 555-0132»",
                "mobile=«4155550132»",
                "Tel. «030 901820», Handy «0170/1234567»",
                "appelez le téléphone «01 99 00 12 34».",
                "whatsapp «0049 170 1234567», tel «0031 6 57471126»",
                "móvil «612 345 678»",
                "fax «001-415-555-0132x748», «415.555.0132 ext. 12», «+1 415 555 0132 x9»",
                "«+1-961-181-8014» and «(961) 181-8014»",
                "«(0121) 496 0984», «(06580) 99326»",
                "«(0161) 496 0000 x9», «+44 20 7946 0958, ext 9»; call «030 90182012 Durchwahl 12»",
                "«(415) 555-0132 extension 55», «(02) 5550 7119», sms to «(351) 961094668»",
                "You can reach me on «06 12 34 56 78»",
                "my number is «4155550132», Contact: «4155550132»",
                "phone 1: «0170 1234567», office: «0551 4155232»",
                "Pode ligar-me para o «969 962 131», U kunt mij bellen op «020 920 0845»",
                "Me pueden llamar al «81 0573 3381»; dzwonić pod numer «663 744 308», Tél. «06 83 37 50 14»",
                r"name=phone\r\n\r\n«+4915117511591»\nn «(415) 555-0132»",
                "PER*IC**TE*«6179911723»*EM*ann@example.org~",
                "UNH+121+ORDERS'COM+«+34913327090»:TE'",
                "cellulare è «389 8699241», tfno «673 468 751», contact <Ann Example: «07812 239184»>",
                "NumberParseException: (1) «09750852901» did not seem to be a phone number",
                "Number «07860577654» is not a valid mobile number; cb requested «07921708785», called from «07739 948487»",
                "rufen Sie mich zurück: «00491718214705»。我是，手机号«13850182523»",
                "agent: And your phone number?\n[chat] 06:54:35 customer: «(41) 96944-1532»",
                "mon numéro est le «0612345678», il mio numero è «3471234567»; mój numer to «601234567», bel me op «06-12345678»",
                "CallerID \"Ann Example\" <«07700900461»>, Incoming call: «07700900461», called back «07700900461»",
                "Duplicate entry '«0791112345»' for key 'users.phone', 연락처: «01012345678»",
                "Klant Ann belde vanaf «06-20150403», il signor Rossi al numero «345 774 3344», reach the tenant: we can reach her on «328 5909902»",
                "Llamar a la señora Lucía Romero Díaz al «619860611» antes, my new number is «4888078059», Rückruf erbeten unter «9834192641»",
                "Tel «02/123.45.67», fone «(21) 3456-7890», WhatsApp «11 98765-4321», Mob: «98765 43210», calling=«4915112345678», CALLER_NUM=«01701234567», callerNumber: «015112345678», cid_num=«4155550132», wa.me/«447911123456»",
                "ring «07700900123», caller=«070-9231-2304»",
                "Regards,\nAnn Example\n«07400010178»",
                "un rappel au «06.27.30.66.99» ou au «06 27 30 66 99», «07700 900461» answers",
                "called «020 7946 0958» and «010-1234-5678»",
                "7,Ann Example,«4155550132»,ann@example.org",
                "ann@example.org;«0171 1234567»;x llámame al «612345678»; ring «08-123 456 78»",
                r#"{"phone":{"number":"«612 345 678»"}}"#,
                "CDR;2026;MOC;«+48538352717»;«0048 787 811 994»;234, empfaenger=«0049 176 76683144» tan, VALUES('x','«0031 6 57471126»')",
                "prosi o kontakt pod «523-723-227» po 16, nås på «072-926 22 06», contact=«09351112353» ack, COM+«020-6616294»:TE'",
                "chave «(21) 97351-7848» titular, odbiorca=«0787 811 994», «(11) 4002-8922»",
                "socio=Consuelo Ejemplo|12/10/1986|c@example.org|«91 758 67 37»",
                "Rohsatz=\"Muster, Silke;08.06.1944;«0151/89123707»\", socio=Pablo Ejemplo|p@example.org|«633357160»|x",
                "CDR;2026;MOC;«22 622 16 60»;«22 535 30 52»;1189;x", "COM+«0031 6 15306822»:TE'",
                "CDR: «6463843051»,«+14044383110»,2024-07-21",
                r#"Dial("SIP/trunk/«4155550132»", ",30"), sofia/external/«07700900461»@203.0.113.7, sms_sent{to="«679323363»"}"#,
                r#"{"from":"«4155550132»","to":"«+14155550133»"}, call owner «070-802 88 88»"#,
                "Input string '«06-30570783»' was not in a correct format. at Acme.Parsers.PhoneParser.Parse(String s)", "row 7: Ann Example,«9613006999»,x", "row 7: 88206,ann@example.org,«4155550132»,,2025-10-28 and \"7\";\"ann@example.org\";\"«0170123456»\"",
            ])
            .passes_over(&[
                "Input string '06-30570783' was not in a correct format. at OrderParser", "1613006999,9613006999,checkout",
                "(02) 5550 71190 and (02) 7119",
                "tel 02.123/45.67, 98765 43210 bytes; 11 98765-4321 items; calling=f called=12345 sent to 12345678",
                "CALLER: 03/05/1982, phone 12-05-2026",
                "Duplicate entry '0791112345' for key 'orders.number', system call stack 07700900461",
                "is that your phone number?\nsent 07400010178 and 389 8699241 to 304 1234567",
                "regards to 07400010178\n12345678\n07400010178 is left, caller=main.go:12 sent 0801234567",
                "callback took 1234567890 ns, mobile traffic 4155550132 bytes",
                "id 4155550132",
                "PO 495-293-8451 approved, supplier code 495-293-8451, purchase no. 495-293-8451",
                "2026-11-23T07:54:21+00:00 +0530 +1000",
                "+0123456789",
                "1732348461",
                "offset +1234567890123",
                "115-555-0132 415-155-0132",
                "x+4915112345678",
                "415-555-0132-7",
                "12.415.555.0132",
                "+12.5 (3) +1",
                "415 555-0132",
                "@@ -1,5 +10,6 @@",
                "phone 2026-11-23 07:54:21",
                "recall 030 901820",
                "u_caaaaafjc3f7bageqhjgbp2w6tel6cxz 1111 1111 1112",
                r"x\x+4915112345678",
                "cell site 262-01-9318, cell_id 262-01-9318 kpi",
                "call stack depth 24470141 of (351) 961094668",
                "part number 415-555-0132, Art.-Nr. 415-555-0132",
                "sms template 346164194, text message size 67134094, mobile build 836767474",
                "2026/03/15 12:37 numéro 7",
                "030 901820",
                "phone 12345 678",
                "mobile app version 9.9.35 (80828730)",
                "sms gateway latency 54.4520 ms, sent 24168195 messages",
                "call order.handler() returned 8896713262",
                "PhoneManager: state of subId=2147483647",
                "numéro 81.04.06-791.79; Tel 74.189.187.238, <+48.72621188,+9.79296103>",
                "020-7946-0958 and 010 1234 5678, 06.27.30.66.99.01 and 06 27 30 66 99, 00.27.30.66.99; order 07700 900461, 88206,4155550132,ann@example.org",
                "ann@example.org, 4155550132, late",
                "ann@example.org,1732348461,x ann@example.org,4155550132x",
                "415-155-0132 961-181-8014 f(0121) 496 0984 (012) 45",
                "415-555-0132x 415-555-0132x7f",
                "dump 0020 2020 2020 2020, 0031 6 of 57471126, size=0048 12, offset=0000 1234 5678; 0151/89123707",
                "to=0012345678 from=000087654321, (20) 1998-2004 and (21) 12345-678, contact=12345678 recipient=4815162342",
                "timing 415-312-1187 us, phases: 886-543-1749 ms, CB-ACCESS-TIMESTAMP: 4155550132, /trunk/4155550132 from=4155550132 to=7",
                "7;523-723-227;x COM+020-6616294, 1;633357160;8;9", "7;22 622 16 60 12;8",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::PhoneLead, Site::Number]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        match probe.byte(at) {
            b'+' => international(probe, at),
            b'(' => parenthesized(probe, at),
            _ if probe.before(at) == b'.' && at > 1 && probe.before(at - 1).is_ascii_digit() => None,
            _ => north_american(probe, at)
                .or_else(|| national(probe, at))
                .or_else(|| behind_address(probe, at)),
        }
    }
}

/// `+`, country code, then digits with single separators: 8 to 15 digits, in North America 11 of the right form. Behind a blank may
/// stand another number: one without separators ends there, and of others what stands before the last blank may be one.
fn international(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let before = probe.before(at);
    // EDIFACT divides by a plus: `COM++34…:TE`.
    let divided = before == b'+' && at > 1 && probe.before(at - 1).is_ascii_alphabetic();
    if probe.is_joined_before(at) || matches!(before, b'+' | b'.' | b'_') && !divided {
        return None;
    }
    let mut digits = [0_u8; 15];
    let mut count = 0;
    let mut end = at + 1;
    let mut next = end;
    // One past what stands before the last blank, and how many digits that has.
    let mut before_blank = (at, 0);
    loop {
        let byte = probe.byte(next);
        probe.count(1);
        if byte.is_ascii_digit() {
            let Some(place) = digits.get_mut(count) else {
                // Too many for one number.
                count = 0;
                break;
            };
            *place = byte;
            count += 1;
            next += 1;
            end = next;
            continue;
        }
        // At most a separator and a bracket between two digits.
        let gap = probe.run_end(next, 3, |byte| matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'/'));
        if gap == next || gap - next > 2 || !probe.byte(gap).is_ascii_digit() || count < 1 {
            break;
        }
        if byte == b' ' {
            if end - at - 1 == count && is_assigned(digits.get(..count)?) {
                break;
            }
            before_blank = (end, count);
        }
        next = gap;
    }
    let assigned = is_assigned(digits.get(..count)?);
    let (after, next) = (probe.byte(end), probe.byte(end + 1));
    let goes_on = after.is_ascii_alphanumeric() || matches!(after, b'.' | b'-') && next.is_ascii_digit();
    // A latitude, and the longitude behind it: `<+48.72621188,+10.21386568>`.
    let signed = after == b',' && matches!(next, b'+' | b'-') && probe.byte(end + 2).is_ascii_digit();
    let behind = before == b',' && at > 1 && probe.before(at - 1).is_ascii_digit();
    if (signed || behind)
        && matches!(probe.slice(at + 1..at + 5), [_, b'.', ..] | [_, _, b'.', _] | [_, _, _, b'.'])
    {
        return None;
    }
    if let (true, Some(extended)) = (assigned, extension(probe, end)) {
        return Some(at..extended);
    }
    if assigned && !goes_on {
        return Some(at..end);
    }
    let (end, count) = before_blank;
    is_assigned(digits.get(..count)?).then_some(at..end)
}

/// Whether digits behind a `+` are a telephone number.
#[inline(never)] // asked in several places
fn is_assigned(number: &[u8]) -> bool {
    match number {
        // Behind `+1` ten digits are one, even if its exchange is not in use.
        [b'1', first, ..] => number.len() == 11 && matches!(first, b'2'..=b'9'),
        _ => (8..=15).contains(&number.len()) && is_country_code(number),
    }
}

/// One past an extension behind a number: `x748`, ` ext. 12`, `, extension 9`.
#[inline(never)] // asked in several places
fn extension(probe: &Probe<'_>, end: usize) -> Option<usize> {
    const WORDS: &str = " x ext extn extension durchwahl poste anexo ramal interno ";
    let comma = probe.reach(end, 1, |byte| byte == b',' || byte == b';');
    let mark = probe.reach(comma, 2, |byte| byte == b' ');
    let word = probe.reach(mark, 10, |byte| byte.is_ascii_alphabetic());
    let digits = probe.reach(word, 2, |byte| matches!(byte, b'.' | b':' | b' '));
    if !super::is_listed(probe.slice(mark..word), WORDS) {
        return None;
    }
    let extended = probe.reach(digits, 6, |byte| byte.is_ascii_digit());
    let whole = extended > digits && !probe.byte(extended).is_ascii_alphanumeric();
    whole.then_some(extended)
}

fn parenthesized(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    if probe.is_joined_before(at) {
        return None;
    }
    let area = probe.slice(at + 1..at + 4);
    if probe.byte(at + 1) == b'0' || probe.byte(at + 4) != b')' {
        return bracketed(probe, at);
    }
    let exchange = if probe.byte(at + 5) == b' ' { at + 6 } else { at + 5 };
    let line = exchange + 4;
    let end = line + 4;
    probe.count(end - at);
    let extended = extension(probe, end);
    let number = joined([area, probe.slice(exchange..exchange + 3), probe.slice(line..end)]);
    if !matches!(probe.byte(exchange + 3), b'-' | b' ' | b'.')
        || extended.is_none() && probe.byte(end).is_ascii_alphanumeric()
        || number.is_none()
    {
        return bracketed(probe, at);
    }
    let number = number?;
    // What is written so is a telephone number, even if its exchange is not in use.
    matches!(number.first(), Some(b'2'..=b'9')).then(|| with_country(probe, at)..extended.unwrap_or(end))
}

/// An area code in brackets, and the number behind it: nine to twelve digits. With three digits and a zero, as in Britain and
/// Germany, or grouped as in Australia it is one; otherwise where the text calls it so.
#[inline(never)] // likewise
fn bracketed(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let close = probe.reach(at + 1, 6, |byte| byte.is_ascii_digit());
    let area = close - at - 1;
    if probe.byte(close) != b')' || !(2..=6).contains(&area) {
        return None;
    }
    let mut end = probe.reach(close + 1, 1, |byte| matches!(byte, b' ' | b'-' | b'/'));
    let mut count = area;
    let mut groups = [0; 2];
    let mut group_count = 0;
    loop {
        let group = probe.reach(end, 11, |byte| byte.is_ascii_digit());
        if group - end < 2 {
            return None;
        }
        if let Some(length) = groups.get_mut(group_count) {
            *length = group - end;
        }
        group_count += 1;
        count += group - end;
        end = group;
        if !matches!(probe.byte(end), b' ' | b'-' | b'/')
            || !probe.byte(end + 1).is_ascii_digit()
            || count > 12
        {
            break;
        }
        end += 1;
    }
    let zero = probe.byte(at + 1) == b'0';
    // With a dash as in Brazil.
    let divider = probe.byte(end - 5);
    let (code, first) =
        (probe.byte(at + 1), probe.byte(end.saturating_sub(if groups == [5, 4] { 10 } else { 9 })));
    let brazilian = area == 2
        && divider == b'-'
        && group_count == 2
        && matches!(code, b'1'..=b'9')
        && (groups == [5, 4] && first == b'9' || groups == [4, 4] && matches!(first, b'2'..=b'5'));
    let alone = brazilian || zero && (area > 2 || groups == [4, 4] && group_count == 2);
    let extended = extension(probe, end);
    let goes_on = extended.is_none() && probe.byte(end).is_ascii_alphanumeric();
    let span = at..extended.unwrap_or(end);
    ((9..=13).contains(&count) && !goes_on && (alone || is_spoken_of(probe, &span, false))).then_some(span)
}

/// `ddd-ddd-dddd`, or ten digits that the text calls a telephone number.
fn north_american(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let separator = probe.byte(at + 3);
    let separated = !separator.is_ascii_digit();
    let gap = usize::from(separated);
    let end = at + 10 + 2 * gap;
    probe.count(end - at);
    if separated && probe.byte(at + 7) != separator {
        return None;
    }
    let number = joined([
        probe.slice(at..at + 3),
        probe.slice(at + 3 + gap..at + 6 + gap),
        probe.slice(at + 6 + 2 * gap..end),
    ])?;
    let start = if separated { with_country(probe, at) } else { at };
    let extended = extension(probe, end);
    let span = start..extended.unwrap_or(end);
    if !is_north_american(&number) || is_part_of_longer_number(probe, &span) {
        return None;
    }
    let printed =
        matches!(separator, b'-' | b'.') && !probe.is_of_a_thing(span.start) && !probe.is_measure(span.end);
    if printed || is_spoken_of(probe, &span, !separated) {
        return Some(span);
    }
    probe.refuse("nothing near says that it is a telephone number")
}

/// Whether the text calls a number a telephone number; one without any separators right before or behind it.
#[inline(never)] // asked in several places
fn is_spoken_of(probe: &Probe<'_>, span: &Range<usize>, bare: bool) -> bool {
    let verb = span.start.saturating_sub("call ".len());
    let called = (probe.ends_with_any_case(span.start, "call ")
        || probe.byte(span.start) == b'0' && probe.ends_with_any_case(span.start, "ring "))
        && !probe.before(verb).is_ascii_alphanumeric();
    let spoken =
        || called || if bare { probe.is_called(span, &WORDS) } else { probe.near_one(span, &WORDS, &HEADS) };
    // When something was, whatever begins its name: `CB-ACCESS-TIMESTAMP: …`.
    let when = bare && is_listed(probe.word_before(span.start, 4), " timestamp nonce epoch ");
    !when
        && !probe.is_measure(span.end)
        && (probe.may_be_near(span.start, &HEADS) && spoken()
            || begins_line(probe, span.start) && is_signed(probe, span)
            || is_given(probe, span.start) && is_of_a_call(probe, span.start)
            || is_given(probe, span.start) && is_of_receiver(probe, span.start))
}

/// Whether digits and what divides them are written as nothing but a telephone number is: with `00` and a country, or in groups of a
/// national plan. Numbers in a row of somebody's stand without a word for them.
#[inline(never)] // of cells and values of keys alone
fn is_written_so(text: &[u8], count: usize) -> bool {
    let groups = || text.split(|byte| !byte.is_ascii_digit());
    let (lengths, longest) = (groups().count(), groups().map(<[u8]>::len).max().unwrap_or(0));
    if !(9..=15).contains(&count) || text.contains(&b'.') && lengths < 5 {
        return false;
    }
    match text {
        // Dumps have fours.
        [b'0', b'0', country @ ..] => {
            let all_of_four = groups().all(|group| group.len() == 4);
            is_country_code(country) && count > 10 && !all_of_four
        }
        [b'0', b'1'..=b'9', ..] => (9..=12).contains(&count) && lengths < 7,
        // Without a zero, in groups alone, none as long as half of it.
        [b'4'..=b'9', ..] => count == 9 && (3..=5).contains(&lengths) && longest <= 3,
        _ => false,
    }
}

/// Whether nine digits are grouped as in Poland and Spain: `22 622 16 60`.
fn is_in_fours(text: &[u8]) -> bool {
    text.split(|byte| *byte == b' ').map(<[u8]>::len).eq([2, 3, 2, 2])
}

/// Whether EDIFACT says what a number is: `COM+020-6616294:TE'`.
#[inline]
fn is_sent(probe: &Probe<'_>, span: &Range<usize>) -> bool {
    probe.before(span.start) == b'+'
        && probe.ends_with_any_case(span.start, "COM+")
        && [":TE", ":AL", ":FX", ":MA"].iter().any(|kind| probe.starts_with(span.end, kind))
}

/// Whether a number stands in quotes and a program that could not read it is called after what it reads, further on in the line:
/// `Input string '06-30570783' was not in a correct format. at PhoneParser.Parse`.
fn is_refused(probe: &Probe<'_>, span: &Range<usize>) -> bool {
    const FAR: usize = 112;
    const READS: &[&str] = &["phone", "msisdn", "telef", "mobile number", "tel. "];
    let quote = probe.before(span.start);
    let to = probe.reach(span.end, FAR, |byte| byte != b'\n');
    matches!(quote, b'\'' | b'"' | b'`')
        && probe.byte(span.end) == quote
        && probe.has_before(to, to - span.end, READS)
}

/// Whether the key right before a place says who is written to, and a number there begins with a zero: others of a receiver may be
/// what he is numbered by.
#[inline(never)] // asked in several places
fn is_of_receiver(probe: &Probe<'_>, at: usize) -> bool {
    const WORDS: &str = " recipient receiver contact kontakt empfaenger empfänger odbiorca destinatario destinatário destinataire destinataires \
                         destinatar ontvanger mottagare mottaker modtager vastaanottaja adresat destino nadawca absender afzender avsändare \
                         contacto contato contatto msisdn abonent subscriber to from dst src dest da oa ";
    let country = is_country_code(probe.slice(at..at + 3)) && probe.byte(at) != b'0';
    // With its country only where messages are sent: `smsc: … to:380504598474`.
    const SENT: &[&str] = &["sms", "dlr.", "smpp", "mms.", "sip.", "whatsapp", "viber"];
    let run = probe.reach(at, 16, |byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'/'));
    let digits = probe.slice(at..run).iter().filter(|byte| byte.is_ascii_digit()).count();
    // Where messages are sent also a mobile of Iberia or Poland and any number of North America, and that where the other party has its country.
    let short = matches!((digits, probe.byte(at)), (9, b'5'..=b'9') | (10, b'2'..=b'9'));
    let short = short && probe.has_before(at, 64, SENT);
    let plain = short || digits == 10 && is_beside_international(probe, &(at..run));
    if plain {
    } else if country && !probe.has_before(at, 64, SENT)
        || !country && (probe.byte(at) != b'0' || probe.byte(at + 1) == b'0' && probe.byte(at + 2) < b'2')
    {
        return false;
    }
    let end = probe.reach_back(at, 4, |byte| matches!(byte, b' ' | b'=' | b':' | b'"' | b'\'' | b'\\'));
    let key = probe.reach_back(end, 16, |byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
    (plain || digits > if country { 10 } else { 9 }) && end < at && is_listed(probe.slice(key..end), WORDS)
}

/// Whether a number with its country stands right before or behind another: `{"from":"4155550132","to":"+14155550133"}`.
#[inline(never)] // of few
fn is_beside_international(probe: &Probe<'_>, span: &Range<usize>) -> bool {
    const FAR: usize = 28;
    let has = |text: &[u8]| {
        probe.count(text.len());
        let mut leads = text.windows(4).filter(|lead| matches!(lead, [b'"' | b'=' | b' ' | b'\'', b'+', b'1'..=b'9', last] if last.is_ascii_digit()));
        leads.next().is_some()
    };
    has(probe.slice(span.end..(span.end + FAR).min(probe.len())))
        || has(probe.slice(span.start.saturating_sub(FAR + 8)..span.start))
}

/// Whether a pair or a path gives a value at a place: most numbers stand behind a blank.
#[inline]
fn is_given(probe: &Probe<'_>, at: usize) -> bool {
    let before = probe.before(at);
    let before = if before == b' ' { probe.before(at - 1) } else { before };
    matches!(before, b'=' | b':' | b'"' | b'\'' | b'/' | b'[')
}

/// Whether the key right before a place says who called whom, as in records of calls: `caller=`, `calling_number:`, `CALLEE_NUM=`. A
/// program's `caller=main.go:12` is no number.
#[inline(never)] // asked in several places
fn is_of_a_call(probe: &Probe<'_>, at: usize) -> bool {
    const WORDS: [&[u8]; 7] = [b"caller", b"callee", b"calling", b"called", b"cid", b"ani", b"dnis"];
    let end = probe.reach_back(at, 4, |byte| matches!(byte, b' ' | b'=' | b':' | b'"' | b'\'' | b'\\'));
    let key = probe.reach_back(end, 24, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    let name = probe.slice(key..end);
    let named = |word: &&[u8]| {
        let rest = name.get(word.len()..).unwrap_or(&[]);
        let keyed = end < at && !rest.first().is_some_and(u8::is_ascii_lowercase);
        keyed && name.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
    };
    // As exchanges dial: `Dial("SIP/trunk/4155550132")`, `sofia/external/07700900461@203.0.113.7`.
    const CHANNELS: &[&str] = &["sip/", "pjsip/", "sofia/", "iax2/", "dahdi/"];
    WORDS.iter().any(named)
        || probe.ends_with_any_case(at, "wa.me/")
        || probe.before(at) == b'/' && probe.has_before(at, 40, CHANNELS)
        || probe.before(at) == b'[' && probe.ends_with_any_case(at, "executing [")
}

/// Whether a line begins at a place, as it is or as strings of programs write it.
fn begins_line(probe: &Probe<'_>, at: usize) -> bool {
    probe.before(at) == b'\n' || probe.before(at) == b'n' && at > 1 && probe.before(at - 1) == b'\\'
}

/// Whether a number stands alone in its line under the end of a letter.
#[inline(never)]
fn is_signed(probe: &Probe<'_>, span: &Range<usize>) -> bool {
    matches!(probe.byte(span.end), 0 | b'\n' | b'\r' | b'\\' | b'"')
        && probe.has_before(span.start, 64, SIGNED)
}

/// The place where `1-`, `1 ` or `001-` before a number begins, else the number's own.
fn with_country(probe: &Probe<'_>, at: usize) -> usize {
    let Some(start) = at.checked_sub(2) else { return at };
    let country = probe.byte(start) == b'1' && matches!(probe.byte(start + 1), b'-' | b' ' | b'.');
    let zeros = start.saturating_sub(2);
    if country
        && start > 1
        && probe.slice(zeros..start) == b"00"
        && !probe.before(zeros).is_ascii_alphanumeric()
    {
        return zeros;
    }
    if country && !probe.before(start).is_ascii_alphanumeric() && !matches!(probe.before(start), b'.' | b'-')
    {
        start
    } else {
        at
    }
}

/// A number of a national plan, or an international one behind `00`, where the text calls it a telephone number.
fn national(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let mut count = 0;
    let mut end = at;
    let mut first = 0;
    let mut longest = 0;
    let mut shortest = usize::MAX;
    let (mut dots, mut others) = (0, 0);
    loop {
        let group = probe.run_end(end, 14, |byte| byte.is_ascii_digit());
        count += group - end;
        longest = longest.max(group - end);
        shortest = shortest.min(group - end);
        if first == 0 {
            first = group - at;
        }
        end = group;
        // An Italian mobile is whole with its second group, whatever stands behind it.
        if first == 3 && group > at + 8 && (9..=10).contains(&count) && probe.byte(at) == b'3' {
            break;
        }
        let separated =
            matches!(probe.byte(end), b' ' | b'-' | b'.' | b'/') && probe.byte(end + 1).is_ascii_digit();
        if !separated || count > 15 {
            break;
        }
        let dot = probe.byte(end) == b'.';
        dots += usize::from(dot);
        others += usize::from(!dot);
        end += 1;
    }
    // Dots and something else are what other numbers have (`71.11.27-142.34`), and four numbers with three dots an address of a network.
    let area = others == 1 && probe.byte(at + first) == b'/' && probe.byte(at) == b'0';
    if dots > 0 && others > 0 && !area
        || dots == 3 && first <= 3 && longest <= 3 && are_bytes(probe.slice(at..end))
    {
        return None;
    }
    let begins = probe.slice(at..at + 2);
    // Single digits between separators are versions and lists; without a zero before it, a number is written in short groups
    // or in one.
    let first_of = begins.first().copied();
    let grouped = longest <= 4
        || longest == count
        || first_of == Some(b'0')
        || first_of == Some(b'3') && first == 3 && longest + first == count
        || longest == 5 && (first == 2 && count == 11 || first == 5 && count == 10);
    // As nothing but telephone numbers is written, in France and in Britain.
    let all = |wanted: u8| probe.slice(at..end).iter().all(|byte| byte.is_ascii_digit() || *byte == wanted);
    let pairs = first == 2 && longest == 2 && count == 10 && (1..=9).contains(&(probe.byte(at + 1) & 15));
    let french = pairs && (all(b'.') || all(b' ') && is_listed(probe.word_before(at, 1), " au le "));
    let british = first == 5 && longest == 6 && count == 11 && all(b' ') && probe.byte(at + 1) == b'7';
    // London's, and mobiles of Korea and Japan.
    let (second, third) = (probe.byte(at + 1), probe.byte(at + 2));
    let fours = first == 3 && longest == 4 && shortest == 3 && count == 11;
    let fours = fours
        && (second == b'2' && all(b' ')
            || matches!(second, b'1' | b'7'..=b'9') && third == b'0' && all(b'-'));
    if probe.byte(at) == b'0' && (french || british || fours) {
        let free = !is_part_of_longer_number(probe, &(at..end)) && !probe.is_of_a_thing(at);
        return free.then_some(at..end);
    }
    let bare = longest == count;
    let span = at..end;
    if bare
        && count == 9
        && matches!(begins.first(), Some(b'6' | b'7'))
        && rows::row_of(probe, &span).is_some_and(|row| row.names_somebody(probe))
    {
        return Some(span);
    }
    // A mobile number of India, bare likewise.
    if bare
        && count == 10
        && matches!(begins.first(), Some(b'6'..=b'9'))
        && rows::row_of(probe, &span).is_some_and(|row| row.is_of_person(probe))
    {
        return Some(span);
    }
    if let Some(row) = rows::row_of(probe, &span)
        && (is_in_fours(probe.slice(at..end))
            || is_written_so(probe.slice(at..end), count) && (begins == b"00" || row.is_of_person(probe)))
        && !is_part_of_longer_number(probe, &span)
    {
        return Some(span);
    }
    if begins == b"00" && is_given(probe, at) && is_written_so(probe.slice(at..end), count) && !bare
        || is_sent(probe, &span)
        || is_refused(probe, &span) && is_written_so(probe.slice(at..end), count)
    {
        let free = !is_part_of_longer_number(probe, &span) && !probe.is_of_a_thing(at);
        return free.then_some(span);
    }
    let near = || {
        probe.may_be_near(at, &HEADS)
            || begins_line(probe, at)
            || is_given(probe, at) && (is_of_a_call(probe, at) || is_of_receiver(probe, at))
    };
    // A digit alone is an area behind a country: `0031 6 57471126`.
    let single = shortest < 2 && !(begins == b"00" && is_written_so(probe.slice(at..end), count));
    if !(8..=15).contains(&count) || single || !grouped || !near() {
        return None;
    }
    let international = begins == b"00" && (10..=15).contains(&count)
        || (11..=13).contains(&count)
            && longest == count
            && is_given(probe, at)
            && (is_of_a_call(probe, at) || is_of_receiver(probe, at));
    let planned = || {
        PLANS.iter().any(|(_, firsts, least, most)| {
            begins.first().is_some_and(|digit| firsts.as_bytes().contains(digit))
                && (*least..=*most).contains(&count)
        })
    };
    if !international && !planned() {
        return None;
    }
    let divider = probe.byte(at + 4);
    let date = first == 4 && matches!(divider, b'-' | b'/' | b'.') && probe.byte(at + 7) == divider;
    let (month, year) = (probe.byte(at + 2), probe.slice(at + 6..at + 8));
    let date = date
        || count == 8
            && first == 2
            && month == probe.byte(at + 5)
            && !month.is_ascii_digit()
            && matches!(year, b"19" | b"20");
    let extended = extension(probe, end);
    let span = at..extended.unwrap_or(end);
    (!date && !is_part_of_longer_number(probe, &span) && is_spoken_of(probe, &span, bare)).then_some(span)
}

/// A number of a national plan in the column behind that of an e-mail address, or between a name and one: people register with both.
#[inline(never)] // of few
fn behind_address(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const LONGEST: usize = 64;
    let zero = probe.byte(at) == b'0';
    let run = probe.reach(at, 16, |byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'/'));
    let end = probe.reach_back(run, 3, |byte| !byte.is_ascii_digit());
    let number = probe.slice(at..end);
    let digits = number.iter().filter(|byte| byte.is_ascii_digit()).count();
    let planned = if zero {
        (9..=11).contains(&digits) && number.get(1) != Some(&b'0')
    } else {
        let national = number.strip_prefix(b"1").filter(|_| digits == 11).unwrap_or(number);
        joined([national, &[], &[]]).is_some_and(|number| is_north_american(&number))
    };
    if !planned {
        return None;
    }
    // Of the first cell what the row is called may stand before.
    let first = probe.ends_with_any_case(at, ": ") && probe.byte(end) == b',' && probe.byte(end + 1) == b'+';
    let divider = if first { b',' } else { rows::divider_of_cell(probe, &(at..end))? };
    let apart = |byte: u8| byte == divider || byte == b'\n';
    let close = probe.run_end(end, 3, |byte| !apart(byte));
    let open = probe.run_start(at, 3, |byte| !apart(byte));
    let before = probe.slice(probe.run_start(open.saturating_sub(1), LONGEST, |byte| !apart(byte))..open);
    let behind = probe.slice(close..probe.run_end(close + 1, LONGEST, |byte| !apart(byte)));
    let named = before.iter().find(|byte| byte.is_ascii_alphanumeric()).is_some_and(u8::is_ascii_uppercase);
    // Records of calls have both parties: `6505550132,+14155550133,2026-07-21`.
    let party = |cell: &[u8]| matches!(cell, [b'+', digits @ ..] if (10..=15).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit));
    let parties = party(before.trim_ascii()) || party(behind.get(1..).unwrap_or(&[]).trim_ascii());
    (parties || before.contains(&b'@') || named && behind.contains(&b'@')).then_some(at..end)
}

/// Whether numbers with dots between them are all below 256, and none begins with a zero.
pub(super) fn are_bytes(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'.').all(|part| {
        let digits = (1..=3).contains(&part.len()) && part.iter().all(u8::is_ascii_digit);
        // Of more than three digits nothing is asked.
        let number = || part.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit & 15));
        digits && number() < 256 && (part == b"0" || part.first() != Some(&b'0'))
    })
}

fn joined(parts: [&[u8]; 3]) -> Option<[u8; 10]> {
    let mut number = [0; 10];
    let mut digits = parts.into_iter().flatten();
    for to in &mut number {
        *to = *digits.next().filter(|byte| byte.is_ascii_digit())?;
    }
    digits.next().is_none().then_some(number)
}

/// Ten digits of the North American plan: area and exchange begin with 2 to 9 and are not services like 911.
fn is_north_american(number: &[u8]) -> bool {
    let [a, b, c, d, e, f, _, _, _, _] = number else { return false };
    let code = |first: &u8, second: &u8, third: &u8| {
        matches!(first, b'2'..=b'9') && !(*second == b'1' && *third == b'1')
    };
    code(a, b, c) && code(d, e, f)
}

/// Whether a number begins with a country code that ITU-T E.164 has assigned or reserved for a use.
fn is_country_code(number: &[u8]) -> bool {
    match number {
        [b'2', b'8', ..] | [b'8', b'3' | b'9', ..] => false,
        [first, ..] => matches!(first, b'2'..=b'9'),
        [] => false,
    }
}
