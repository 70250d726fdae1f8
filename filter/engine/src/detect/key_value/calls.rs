//! Secrets that stand where a call has them, without a name of their own: `mysqli_connect('host', 'user', '…')`, as stack traces and
//! shells print calls.

use super::extent::{is_quote, next_string, quoted_end};
use super::none::is_none;
use super::renewed::names_secret;
use super::told::defined;
use crate::detect::{Probe, is_listed, tokens};
use core::ops::Range;

/// Functions with how many strings stand before the secret.
const CALLS: &[(&str, u8)] = &[
    ("mysqli_connect", 2),
    ("mysqli_real_connect", 2),
    ("mysql_connect", 2),
    ("mysql_pconnect", 2),
    ("mysqli", 2),
    ("oci_connect", 1),
    ("ibase_connect", 2),
    ("odbc_connect", 2),
    ("imap_open", 2),
    ("__construct", 2),
    ("pdo", 2),
    ("getconnection", 2),
    ("login", 1),
    ("authenticate", 1),
    ("basicauth", 1),
    ("credentials", 3),
    ("username_pw_set", 1),
    ("setusernamepassword", 1),
    ("setbasicauth", 1),
    ("withbasicauth", 1),
    ("setbasicauthentication", 1),
    ("httpbasic", 1),
    ("usernamepassword", 1),
    ("passwordcredentials", 1),
    ("passwordauthentication", 1),
    ("basicawscredentials", 1),
    ("awsbasiccredentials", 1),
    ("plaintextauthprovider", 1),
    ("basic_auth", 1),
    ("httpbasicauth", 1),
    ("httpdigestauth", 1),
    ("networkcredential", 1),
    ("usernamepasswordcredentials", 1),
    ("usernamepasswordauthenticationtoken", 1),
    ("setpassword", 0),
    ("withpassword", 0),
    ("set_password", 0),
    ("check_password", 0),
    ("password", 0),
    ("old_password", 0),
    ("crypt", 0),
];

/// Functions that are given the name of a setting, header or item and its value, or what it is where it is not set.
const SETTERS: &str = " define env getenv fetch get getordefault getproperty lookup_env env_or environ config setdefault setenv \
                       setproperty setitem set put add append header setheader addheader ";

/// The same with what they are called on, where the function's own name is that of others, too.
const METHODS: &[(&str, u8)] = &[
    ("pymysql.connect", 2),
    ("mysqldb.connect", 2),
    ("mysqlclient.connect", 2),
    ("oracledb.connect", 1),
    ("cx_oracle.connect", 1),
    ("credentials.basic", 1),
    ("db.auth", 1),
    ("wifi.begin", 1),
    ("mqtt.connect", 2),
    ("redis.auth", 0),
    ("jedis.auth", 0),
];

/// Functions that make a client of a service, or give one its key: the string is a secret if it is drawn at random.
const DRAWN: &[(&str, u8)] = &[
    ("algoliasearch", 1),
    ("twilio", 1),
    ("client", 1),
    ("createclient", 1),
    ("searchclient", 1),
    ("withcredentials", 1),
    ("signinwithcustomtoken", 0),
    ("stripe", 0),
    ("openai", 0),
    ("setapikey", 0),
    ("set_api_key", 0),
    ("withapikey", 0),
    ("apikey", 0),
    ("setaccesstoken", 0),
    ("setauthtoken", 0),
    ("withtoken", 0),
    ("settoken", 0),
    ("bearer", 0),
    ("tokenauth", 0),
];

/// The secret among the strings of a call whose bracket opens at a place.
#[inline(never)] // few brackets open before a quote
pub(super) fn argument(probe: &Probe<'_>, open: usize) -> Option<Range<usize>> {
    let name = probe.reach_back(open, 40, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let called = probe.slice(name..open);
    // What a setting is where it is not set: `env('DB_PASSWORD', '…')`.
    if is_listed(called, SETTERS) {
        return defined(probe, open + 2);
    }
    // A value that is spoken of: `the client secret value ('…')`.
    if called.is_empty() && names_secret(probe, open, 24) {
        let span = open + 2..quoted_end(probe, open + 2);
        let value = probe.slice(span.clone());
        let drawn = value.len() >= 16 && tokens::is_random(value) && !is_none(value, true);
        let cased = value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_digit);
        return (drawn && cased && probe.byte(span.end + 1) == b')').then_some(span);
    }
    // A pair of user and password that a client of HTTP is given: `auth=('ann', '…')`.
    let pair = called.is_empty()
        && ["auth=", "auth = "].into_iter().any(|auth| probe.ends_with_any_case(open, auth));
    let called = if pair { b"basicauth".as_slice() } else { called };
    let named = |calls: &[(&'static str, u8)]| {
        calls.iter().find(|(call, _)| called.eq_ignore_ascii_case(call.as_bytes())).copied()
    };
    let method = || METHODS.iter().find(|(call, _)| probe.ends_with_any_case(open, call)).copied();
    let chosen = named(CALLS).or_else(method);
    let (_, strings) = chosen.or_else(|| named(DRAWN))?;
    let (mut at, mut end) = (open + 2, quoted_end(probe, open + 2));
    // Of what may be constructed or called for anything only what connects to something: its address comes first.
    let connects = || probe.slice(at..end).contains(&b':');
    if called.ends_with(b"onstruct") && !connects() {
        return None;
    }
    for _ in 0..strings {
        at = next_string(probe, end)?;
        end = quoted_end(probe, at);
    }
    let value = probe.slice(at..end);
    let told = value.iter().filter(|byte| **byte == b' ').count() > 1;
    let secret = chosen.is_some() || value.len() >= 16 && tokens::is_random(value);
    (is_quote(probe.byte(end)) && !told && secret && !is_none(value, true)).then_some(at..end)
}
