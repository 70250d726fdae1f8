//! IPv4 addresses: four numbers up to 255, not a version, not loopback, unspecified, multicast or a mask.
//!
//! A port, prefix length or bracket beside the address is not part of the finding. Versions are known by their
//! surroundings in the same text (`v1.2.3.4`, `Chrome/120.0.0.0`, `1.2.3.4-beta`, `app-1.2.3.4.jar`). Behind names of software alone
//! stand hosts, too, so there only numbers that versions count up to are one (`openssl 1.1.1.9`, but `nginx 10.0.0.5`).

use super::probe::Reach;
use super::{Detector, Probe, Site, Spec, is_listed};
use crate::Class;
use core::ops::Range;

pub(super) struct Ipv4;

impl Detector for Ipv4 {
    fn spec(&self) -> Spec {
        Spec::new("ipv4", Class::OnlineId, "IPv4 addresses")
            .finds(&[
                "q=from%20«203.0.113.7»&z=1, ip%3D«203.0.113.7»",
                "from «203.0.113.7»:443, «198.51.100.0»/24",
                "rhost=«218.188.2.4» user=root",
                "dest: /«10.251.43.21»:50010",
                "worker-01/«10.0.0.5»",
                "[«10.0.0.1»]:22 («192.0.2.1»).",
                "«10.0.0.1»-«10.0.0.9»",
                "IP «10.0.0.1».51234 > x, IP «203.0.113.7».443 > «198.51.100.3».80: Flags [S]",
                "地址«10.1.2.3»",
                r"name\tip\nann\t«203.0.113.9»\n",
                "«4.113.0.203».in-addr.arpa is «203.0.113.4».",
                "rhost=«203.0.113.76».dynamic-dsl.example.net user=root",
                "nginx «10.0.0.5», openssl «198.51.100.7», nginx/«5.6.7.8»:80 and kernel «5.6.7.8»:443",
                "client version 3 from «203.0.113.9», moved to «203.0.113.9»",
                "Laptop-Ann/«5.6.7.8», peer Server/«10.1.2.3»",
                "ec2-«203-0-113-7».compute-1.example.org; on ip-«203-0-113-8»",
                "rhost=host-«203-0-113-9».example.net",
            ])
            .passes_over(&[
                "version 10.15.7.1 upgraded to 10.16.0.2, chart 1.2.3.4 installed",
                "127.0.0.1 0.0.0.0 255.255.255.0 224.0.0.1",
                "v1.2.3.4",
                "version 1.2.3.4",
                r#"{"version":"1.2.3.4"}"#,
                "Chrome/120.0.0.0 Safari/537.36",
                "1.2.3.4-beta",
                "app-1.2.3.4.jar and image shop/api:1.2.3.4",
                "1.3.6.1.4.1.311",
                "1.2.3",
                "1.2.3.4.5, 1.2.3.4.5 > 1.2.3.4.4",
                "1.2.3.4.RELEASE 1.2.3.4.tar.gz 1.2.3.4.el7.x86_64 1.2.3.4.el7.noarch.rpm",
                "256.1.1.1",
                "2026.11.23.07",
                "1.2.3.4-1",
                "package~amd64~~6.1.1.2 foo_1.2.3.4_amd64.deb",
                "openssl 1.1.1.9, nginx/1.2.3.4, OpenSSL/1.1.1.9 and kernel 5.15.0.91",
                "ShopApp/4.2.1.7 (iPhone; iOS 17.0.1)",
                "Assembly version 16.1.4.92 does not match 12.9.5.93",
                r#"{"firmware":"14.8.1.223"}, driver version from 11.7.28.132 to 5.7.8.176"#,
                "the version is 1.2.3.4, v. 1.2.3.4 and fileVersion=1.2.3.4",
                "upgraded from 1.2.3.4 to 1.2.3.5; needs >=1.2.3.4; version 7.2.9.114 -> 10.3.9.2",
                "versione 10.0.5.91, wersja: 120.0.234.27, versión=10.0.5.91, versão 10.0.5.91, versie 10.0.5.91",
                "upgrade tokio 3.14.4.34 -> 15.19.5.83 done, upgraded agent from 7.15.1.7 to 7.25.2.0, updated agent from 7.15.1.7 to 7.25.2.0, bump chart from 1.2.3.4 to 1.2.3.5",
                "as RFC 5321 says in section 4.5.3.1",
                "pool-1-2-3-4 host-1-2-3-4.log client-20-2-3-400.example.net ip-20-2-3-4-x ip-20-2-3 static-1-2-3-4-5.example.net",
                "node ip-10-2-3-4.eu-west-1.compute.internal ready, ip-172-16-5-6 and ip-192-168-1-2.ec2.internal not",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::DottedQuad, Site::Prefix(HOSTED)]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        if probe.byte(at).is_ascii_lowercase() {
            return hosted(probe, at);
        }
        let digits = probe.run_start(at, 6, |byte| byte.is_ascii_digit());
        // Those of an escape before it are none of its own: `from%20203.0.113.7`.
        let start = if probe.before(digits) == b'%' && at > digits + 2 { digits + 2 } else { digits };
        let mut octets = [0_u16; 4];
        let mut end = start;
        for (place, octet) in octets.iter_mut().enumerate() {
            if place > 0 {
                if probe.byte(end) != b'.' {
                    return None;
                }
                end += 1;
            }
            let next = probe.run_end(end, 4, |byte| byte.is_ascii_digit());
            if !(1..=3).contains(&(next - end)) {
                return None;
            }
            *octet = probe.slice(end..next).iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
            end = next;
        }
        let [first, second, third, fourth] = octets;
        let assignable = first != 0 && first != 127 && first < 224;
        if !assignable || octets.iter().any(|octet| *octet > 255) || is_joined(probe, start, end) {
            return probe
                .refuse("part of something longer, or an address of nobody (loopback, multicast, a mask)");
        }
        // What versions count up to; networks of companies begin with 10.
        let counts = first != 10 && octets.iter().all(|octet| *octet < 100) && probe.byte(end) != b':';
        let field = probe.field_of(&(start..end)).as_bytes();
        if is_version(probe, start, [second, third, fourth] == [0, 0, 0], counts)
            || names_version(field)
            || counts && (is_image(probe, start) || names_build(field))
        {
            return probe.refuse("what stands before it makes it a version");
        }
        probe.claim(Reach::Number, &(start..end));
        Some(start..end)
    }
}

/// Whether a field is called a version: `service.version`, `appVersion`, `firmware`.
fn names_version(field: &[u8]) -> bool {
    let ends = |word: &[u8]| {
        let end = field.len().checked_sub(word.len()).and_then(|at| field.get(at..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(word))
    };
    ends(b"version") || ends(b"firmware")
}

/// Whether a field is called what versions are of, too.
fn names_build(field: &[u8]) -> bool {
    let word = field.rsplit(|byte| !byte.is_ascii_alphanumeric()).next().unwrap_or(&[]);
    is_listed(word, " release build tag revision ")
}

/// Whether a tag of an image begins at a place: `shop/api:1.2.3.4`.
#[inline(never)] // of few
fn is_image(probe: &Probe<'_>, start: usize) -> bool {
    let part = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'/' | b'.' | b'-' | b'_')
    };
    let name = probe.reach_back(start.saturating_sub(1), 96, part);
    let image = probe.slice(name..start.saturating_sub(1));
    probe.before(start) == b':'
        && image.first().is_some_and(u8::is_ascii_alphanumeric)
        && image.contains(&b'/')
}

/// What providers name the hosts of addresses by, in front of them. Behind the first two no domain need follow.
const HOSTED: &[&str] = &[
    "ip-",
    "ec2-",
    "host-",
    "dhcp-",
    "cpe-",
    "dsl-",
    "adsl-",
    "ppp-",
    "pool-",
    "dynamic-",
    "static-",
    "cable-",
    "client-",
    "customer-",
    "vps-",
];

/// The address in a host's name, with dashes for its dots: `ec2-203-0-113-7.compute-1.example.org`. Those of private networks (RFC 1918)
/// are the names of one's own machines, which developers look for.
#[inline(never)] // of few
fn hosted(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let start = probe.reach(at, 9, |byte| byte.is_ascii_alphanumeric()) + 1;
    let mut end = start;
    let mut octets = [0_u16; 4];
    for (place, octet) in octets.iter_mut().enumerate() {
        let from = if place == 0 { start } else { end + 1 };
        end = probe.reach(from, 4, |byte| byte.is_ascii_digit());
        *octet = probe.slice(from..end).iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
        if end == from || *octet > 255 || place < 3 && probe.byte(end) != b'-' {
            return None;
        }
    }
    if matches!(octets, [0 | 10 | 127, ..] | [192, 168, ..] | [172, 16..32, ..]) {
        return None;
    }
    let cloud = probe.byte(at) == b'i' || probe.starts_with(at, "ec2");
    let named = probe.byte(end) == b'.' && is_host(probe, end + 1);
    let alone = cloud && !matches!(probe.byte(end), b'-' | b'_') && !probe.byte(end).is_ascii_alphanumeric();
    (probe.before(at) != b'-' && (named || alone)).then_some(start..end)
}

/// Whether the four numbers are part of something longer: more numbers, a file name, a release name.
fn is_joined(probe: &Probe<'_>, start: usize, end: usize) -> bool {
    let earlier = start.checked_sub(1).map_or(0, |at| probe.before(at));
    let joined_before = match probe.before(start) {
        b'.' => earlier.is_ascii_alphanumeric(),
        b'-' => earlier.is_ascii_alphabetic(),
        // Between underscores stands the version of a file's name; before one may stand a name for the address.
        b'_' => earlier.is_ascii_alphanumeric() && probe.byte(end) == b'_',
        byte => probe.is_joined_before(start) || byte == b'~',
    };
    let next = probe.byte(end + 1);
    let joined_after = match probe.byte(end) {
        // A fifth number is an object id or a version, unless it can only be a port, as packet dumps write it.
        b'.' if next.is_ascii_digit() => {
            let port = probe.run_end(end + 1, 5, |byte| byte.is_ascii_digit());
            let dumped = probe.starts_with(port, " > ")
                || probe.byte(port) == b':' && probe.ends_with_any_case(start, " > ");
            port - end - 1 < if dumped { 2 } else { 4 }
        }
        b'.' => {
            (next.is_ascii_lowercase()
                || next.is_ascii_uppercase() && probe.byte(end + 2).is_ascii_uppercase())
                && !is_host(probe, end + 1)
        }
        b'-' if next.is_ascii_digit() => {
            let octet = probe.run_end(end + 1, 4, |byte| byte.is_ascii_digit());
            probe.byte(octet) != b'.' || !probe.byte(octet + 1).is_ascii_digit()
        }
        b'-' => next.is_ascii_alphabetic(),
        byte => byte.is_ascii_alphanumeric(),
    };
    joined_before || joined_after
}

/// Endings of files and packages, of which the last label of a host's name is none.
const FILES: &str = " gz bz xz zst zip jar war ear rpm deb apk tar tgz so dll exe log txt md xml json yaml yml conf cfg bin img iso noarch ";

/// Whether a host's name goes on here, as behind the address that a provider names its customers' hosts by: labels, the last of them
/// of letters alone and no ending of a file.
#[inline(never)] // asked in two places
fn is_host(probe: &Probe<'_>, at: usize) -> bool {
    let end = probe.run_end(at, 80, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
    let name = probe.slice(at..end);
    let name = name.strip_suffix(b".").unwrap_or(name);
    let Some(dot) = name.iter().rposition(|byte| *byte == b'.') else { return false };
    let last = name.get(dot + 1..).unwrap_or(&[]);
    (2..=18).contains(&last.len())
        && last.iter().all(u8::is_ascii_alphabetic)
        && !is_listed(last, FILES)
        && probe.byte(end) != b'_'
}

/// Words that versions stand behind, with what joins them.
const WORDS: &str = " v ver versione versie wersja wersji versio versiones verzija verze verzia versjon version release revision build firmware section chapter clause oid ";

/// Those with letters outside ASCII.
const ODD_WORDS: &[&str] = &["versión", "versão", "версия", "версії", "版本", "バージョン"];

/// Clients whose versions stand behind a slash, whatever numbers they have.
const CLIENTS: &str = " chrome chromium firefox safari edg edge opr opera version mozilla curl applewebkit headlesschrome yabrowser vivaldi \
     samsungbrowser electron webview crios ";

/// Software that telemetry names with its version.
const SOFTWARE: &str = " openssl libssl libcrypto libressl boringssl linux kernel windows android ios macos darwin java jdk jre openjdk \
     hotspot python ruby php perl nodejs dotnet netcore glibc gcc clang llvm cuda driver drivers sdk bios nginx apache httpd \
     tomcat jetty haproxy chrome chromium firefox safari electron openssh dropbear libcurl curl okhttp library package plugin \
     module patch hotfix chart helm upgraded upgrade downgraded downgrade upgrading ";

/// What is done to software, not to addresses.
const BROUGHT: &str =
    " upgraded upgrade upgrading upgrades downgraded downgrade downgrading bumped bump bumps bumping ";

/// What has versions, and no address that is changed.
const PARTS: &str = " agent app application package library plugin module driver firmware image chart operator sdk cli kernel \
     engine runtime extension component dependency addon collector ";

/// Names before a slash that hosts have, with a capital.
const HOSTS: &str = " host server client peer ip addr address node localhost ";

fn is_version(probe: &Probe<'_>, start: usize, zeros: bool, counts: bool) -> bool {
    if probe.before(start) == b'/' {
        let name = probe.run_start(start - 1, 16, |byte| byte.is_ascii_alphabetic());
        let word = probe.slice(name..start - 1);
        // Hosts are written `name/address` too, so that only known products, a network address, or what is written as products of
        // clients are (RFC 9110, section 10.1.5) are versions.
        let product = || {
            word.first().is_some_and(u8::is_ascii_uppercase)
                && word.iter().any(u8::is_ascii_lowercase)
                && matches!(probe.before(name), 0 | b' ' | b'"' | b'\'' | b'(' | b',' | b';')
                && !is_listed(word, HOSTS)
        };
        return is_listed(word, CLIENTS)
            || zeros && !word.is_empty()
            || counts && (product() || is_listed(word, SOFTWARE));
    }
    let before = probe.slice(start.saturating_sub(3)..start);
    // A requirement, `>=1.2.3.4`; an abbreviation, `v. 1.2.3.4`.
    if counts && matches!(before, [.., b'<' | b'>', b'='] | [.., b'^']) {
        return true;
    }
    if before.eq_ignore_ascii_case(b"v. ") && !probe.before(start - 3).is_ascii_alphanumeric() {
        return true;
    }
    // Behind another one and what joins them: `upgraded from 1.2.3.4 to 1.2.3.5`, `the version is 1.2.3.4`.
    let ends = |at: usize, link: &str| probe.ends_with_any_case(at, link);
    let mut at = start;
    let blank = probe.before(start) == b' ';
    let join = [" to ", " -> ", " does not match "].into_iter().find(|join| blank && ends(at, join));
    if let Some(join) = join {
        let mut end = at - join.len();
        // `version 1.2.3.4 upgraded to 1.2.3.5`
        let verb = probe.reach_back(end, 12, |byte| byte.is_ascii_lowercase());
        if is_listed(probe.slice(verb..end), BROUGHT) && probe.before(verb) == b' ' {
            end = verb - 1;
        }
        let other = probe.run_start(end, 16, |byte| byte.is_ascii_digit() || byte == b'.');
        at = if other < end { other } else { at };
    }
    let alike = probe.slice(at..start).iter().filter(|byte| **byte == b'.').count() == 3;
    let link =
        [" to ", " from ", " is "].into_iter().find(|link| blank && ends(at, link)).map_or(0, str::len);
    let word = probe.word_before(at - link, 4);
    // What was brought from one to another stands between: `upgraded agent from 1.2.3.4 to 1.2.3.5`.
    let object = counts && link > 0 && {
        let object = probe.reach_back(at - link, 24, |byte| byte > b' ');
        let verb = probe.word_before(object, 1);
        is_listed(verb, BROUGHT)
            || is_listed(probe.slice(object..at - link), PARTS)
                && is_listed(verb, " updated updating update migrated moved rolled ")
    };
    if object {
        return true;
    }
    let suffix = word.get(word.len().saturating_sub(7)..).unwrap_or(&[]);
    let operator = probe.reach_back(at - link, 2, |byte| matches!(byte, b'=' | b' '));
    let odd = probe.key_ends_with(operator, ODD_WORDS).is_some();
    let version = odd || is_listed(word, WORDS) || suffix.eq_ignore_ascii_case(b"version");
    // `version from 1.2.3.4 to 1.2.3.5`
    let leads = || {
        let end = probe.run_end(start, 16, |byte| byte.is_ascii_digit() || byte == b'.');
        [" to ", " -> "]
            .into_iter()
            .any(|join| probe.starts_with(end, join) && probe.byte(end + join.len()).is_ascii_digit())
    };
    // `upgrade tokio 3.14.4.34 -> 3.15.9.83`, but not `upgrading node 192.0.2.7`
    if counts && link == 0 && blank && (alike || leads()) {
        let object = probe.reach_back(at.saturating_sub(1), 24, |byte| byte > b' ');
        if is_listed(probe.word_before(object, 1), BROUGHT) && !is_listed(word, HOSTS) {
            return true;
        }
    }
    version && (link == 0 && at == start || alike || leads())
        || counts && (version || is_listed(word, SOFTWARE))
}
