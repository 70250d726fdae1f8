//! Names in what people write to each other: the text of a message, a note, a question to a model, what stands behind the number of a
//! ticket. There a common given name with a capital word behind it is somebody, whatever else is in the text.
//!
//! Looks at the beginning of such a text alone: what stands further on is told by what is found before it.

use super::{BEHIND, INTERCHANGE, Names, Near, People, leads_to_name};
use crate::Class;
use crate::detect::names::is_given;
use crate::detect::{Detector, Finding, Hits, Probe, Site, Spec, key_value};
use core::ops::Range;

/// Keys whose values people write.
const WRITTEN: &[&str] = &[
    "body",
    "content",
    "prompt",
    "text",
    "note",
    "notes",
    "comment",
    "comments",
    "remark",
    "remarks",
    "feedback",
    "transcript",
    "utterance",
    "summary",
    "subject",
    "reply",
    "answer",
    "memo",
    "complaint",
    "question",
    "invite",
    "notiz",
    "bemerkung",
    "kommentar",
    "anmerkung",
    "opmerking",
    "notitie",
    "commentaire",
    "remarque",
    "comentario",
    "comentário",
    "observaciones",
    "observações",
    "commento",
    "uwagi",
    "komentarz",
    "anteckning",
    "mensaje",
    "mensagem",
    "messaggio",
    "nachricht",
    "bericht",
    "wiadomość",
    "meddelande",
    "本文",
    "内容",
    "备注",
];

/// What is done to somebody: `refund issued to Ann Example`.
const DONE_TO: &[&str] = &[
    "apology",
    "spoke",
    "speak",
    "talked",
    "talk",
    "apologize",
    "apologise",
    "refund",
    "letter",
    "wrote",
    "replied",
    "reply",
    "belongs",
    "addressed",
    "handed",
    "prescribed",
    "delivered",
    "payable",
    "sold",
    "rented",
    "spoken",
    "sorry",
    "thanks",
    "listened",
    "refunded",
];

/// What stands before the number of a ticket.
const TICKETS: &[&str] = &[
    "ticket",
    "case",
    "jira",
    "helpdesk",
    "zendesk",
    "freshdesk",
    "servicedesk",
    "support",
    "glpi",
    "otrs",
    "zgłoszenie",
    "sprawa",
    "vorgang",
    "ärende",
    "chamado",
    "dossier",
    "zaak",
    "enquiry",
    "inquiry",
    "caso",
    "reclamo",
    "atendimento",
    "klantvraag",
    "kundenanfrage",
    "kundeservice",
    "solicitud",
    "richiesta",
    "reklamacja",
    "förfrågan",
    "henvendelse",
    "klacht",
    "verzoek",
    "reclamação",
    "gesprek",
    "gespräch",
    "incidencia",
];

/// Words for people, behind which a name may begin with another letter than those of ASCII.
const PEOPLE: &[&str] = &[
    "customer",
    "holder",
    "patient",
    "passenger",
    "guest",
    "user",
    "client",
    "driver",
    "dear",
    "kunde",
    "cliente",
    "klient",
    "pan",
    "herr",
    "frau",
    "mme",
    "tenant",
    "member",
];

/// Which letters an interchange of EDIFACT is written in, as its first segment says: `UNB+UNOC:3+…`.
const SYNTAXES: &[&str] = &["unoa", "unob", "unoc", "unod", "unoy"];

/// How far into a text names are looked for. What is found there takes along what stands behind it, so that all of it is
/// found at once.
const FAR: usize = BEHIND - 16;

/// Longest word of a language in which capitals begin names.
const LONGEST_WORD: usize = 48;

/// How it is called.
pub(super) const NAME: &str = "message-name";

/// Whether a field is called like what people write. The body of a record is called so whatever it is.
pub(super) fn is_written(key: &str) -> bool {
    let word = key.rsplit(['.', '_', '-', '/']).next().unwrap_or(key);
    key != "body" && WRITTEN.iter().any(|known| word.eq_ignore_ascii_case(known))
}

pub(in crate::detect) struct Message;

impl Detector for Message {
    fn spec(&self) -> Spec {
        Spec::new(NAME, Class::DirectId, "Names of people in what people write")
            .sure(70)
            .packs(&["person-name"])
            .finds(&[
                r#"{"role":"user","content":"Write an apology to «Sanjay Example» whose trip was cancelled"}"#,
                r#"{"content":"Dear «Anna», your order","note":"Prof. Dr. «Klaus Meier» approved it","text":"Guten Tag Herr «Meier», wir"}"#,
                r#"{"content":"Geachte heer «Jansen», uw","note":"Szanowny Panie «Kowalski», x","text":"Hola «María», tu"}"#,
                "ticket CX-67123: «Monique Example» keeps asking why",
                "case 95986: spoke with «Ingrid Exempel» about the meter",
                "zgłoszenie 850914: dzień dobry, nazywam się «Joanna Przykład», nie działa",
                "support #673268: Driver «Rohan Example» refused",
                r#"{"body":"昨日の大会で«鈴木 健太»さんに言われました"}"#,
                "account holder «山下 美加子» failed, customer «Łukasz Przykład» placed an order, Dear «魏帅», your parcel",
                "UNB+UNOC:3+X+4144'UNH+1+IFTMIN:D:96A:UN'NAD+CN+++«Sjoerd Voorbeeld»+x'",
                "klient «Łukasz Przykład» złożył reklamację; la clienta «María Ejemplo» reclama, Kunde «Matthias Müller» kündigt",
                "Bonjour Madame «Délacroix», votre colis; Sehr geehrter Herr Dr. «Müller», anbei", "Hola «Consuelo», tu pedido está listo",
                "«Conceição Exemplo» commented on it, meeting with «Zoé Exemple» and «Anna Beispiel» today",
                "hit for \"«Müller, Anna»\" é, employee «Fernández, Santiago» (HR import), PID|1||5395||«Lindemann»^«Ayşe»||",
                "Helpdesk INC631408: «George McExample» on ward 7, Write a letter to customer «Sanjay Example» at once",
            ])
            .passes_over(&[
                r#"{"content":"Grand Central Station is closed","body":"Acme Widgets are out"}"#,
                r#"{"content":"Mr. Robot service started","note":"Dr. Watson pipeline failed","text":"Dear Customer, your order"}"#,
                r#"{"content":"Sehr geehrte Damen und Herren, wir","note":"Dear [direct-id], we","text":"Hello World, welcome"}"#,
                "ticket CX-67123: Payment Service keeps asking",
                "case 95986: Max Heap reached, support #12: Visual Studio", "case 95986 Ann Example",
                "context: Ann Example, spoke to Payment Service, content: [direct-id]",
                r#"{"content":"text/html; charset=utf-8","note":"Jordan River"}"#,
                "customer Über Dienst, user à Paris, client 12345: Ann Example, user \"Ann Example\"",
                "Über Jordan River joined, guest Größer Operating System, driver Visual Studio é, Dr. Watson pipeline é, took 12 ms Für Thread",
                r#"{"content":"Started by Timer Trigger, assigned to Default Executor"}"#,
                "spoke to Acme Widgets, letter to Ann example, reply to Acme Widgets",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[
            Site::Key(WRITTEN),
            Site::Key(DONE_TO),
            Site::Key(SYNTAXES),
            Site::After(TICKETS),
            Site::After(PEOPLE),
        ]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let hits = Hits::new();
        let near = Near { probe, hits: &hits, count: 0, people: &People::default() };
        let mut names = Names::default();
        let from = match probe.byte(at) {
            b':' if probe.key_ends_with(at, SYNTAXES).is_some() => {
                near.interchange(&(at..at + INTERCHANGE), &mut names, &mut Names::default());
                return names.found().first().cloned();
            }
            b' ' => {
                probe.key_ends_with(at, DONE_TO).filter(|_| probe.starts_with(at, " to "))?;
                let from = at + " to ".len();
                // `a letter to customer Ann Example`
                let word = probe.reach(from, 16, |byte| byte.is_ascii_lowercase());
                let from = if leads_to_name(probe.slice(from..word)) { word + 1 } else { from };
                return near.name(&near.run(from)).filter(|name| name.start == from && is_told(probe, name));
            }
            b':' | b'=' => {
                let (_, key) = probe.key_ends_with(at, WRITTEN)?;
                let from = key_value::value_start(probe, at);
                if probe.is_joined_before(key) || !key_value::is_quote(probe.before(from)) {
                    return None;
                }
                from
            }
            // `account holder 山下 美加子`, `customer Łukasz Example`
            0xc3.. => {
                let word = probe.reach(at, 40, |byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
                let known = probe.byte(at) >= 0xe3 || is_given(probe.slice(at..word));
                return near.name(&near.run(at)).filter(|name| known && name.start == at);
            }
            _ if TICKETS.iter().any(|word| probe.ends_with_any_case(at - 1, word)) => number_end(probe, at)?,
            _ => return None,
        };
        in_text(probe, from)
    }
}

/// The first name in a text that somebody wrote, which begins at a place.
pub(super) fn in_text(probe: &Probe<'_>, from: usize) -> Option<Range<usize>> {
    let hits = Hits::new();
    let near = Near { probe, hits: &hits, count: 0, people: &People::default() };
    let mut names = Names::default();
    let quote = probe.before(from);
    let quoted = key_value::is_quote(quote);
    // What is long or marked may be treated, and what a shorter text in its place would bring near is to stay as far as it is.
    let belongs = |byte: u8| {
        let ends = matches!(byte, b'\n' | b'[' | b'*' | b'@' | b'_');
        !(ends || quoted && byte == quote)
    };
    let mut to = from;
    while to < from + FAR {
        let word = probe.run_end(to, LONGEST_WORD, |byte| byte != b' ' && belongs(byte));
        if word - to == LONGEST_WORD || !belongs(probe.byte(word)) || word == probe.len() {
            to = word;
            break;
        }
        to = word + 1;
    }
    let here = Finding { start: from, end: from, detector: 0, class: Class::Content, confidence: 0 };
    near.around(&(from..to), &(0..0), &here, &mut names);
    names.found().iter().find(|name| name.start >= from && is_told(probe, name)).cloned()
}

/// Whether a name is none of a program that did something, or that something was done to: `started by Timer Trigger`.
fn is_told(probe: &Probe<'_>, name: &Range<usize>) -> bool {
    let done = [" by ", " to "].into_iter().any(|word| probe.ends_with_any_case(name.start, word));
    let given = || probe.slice(name.clone()).split(|byte| matches!(byte, b' ' | b',')).any(is_given);
    !done || probe.byte(name.start) >= 0xe3 || given()
}

/// One past the number of a ticket that begins at a place, and the colon or dash behind it.
fn number_end(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let from = at + usize::from(probe.byte(at) == b'#');
    let end = probe.reach(from, 20, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let digits = probe.slice(from..end).iter().filter(|byte| byte.is_ascii_digit()).count();
    const DIVIDERS: [&str; 9] =
        [": ", " - ", "] ", ", ", " (", " from ", " by ", " opened by ", " raised by "];
    let divider = DIVIDERS.iter().find(|divider| probe.starts_with(end, divider))?;
    (digits > 2).then_some(end + divider.len())
}
