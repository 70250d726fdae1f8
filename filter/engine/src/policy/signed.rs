//! Parameters of URLs that grant what the URL names: signatures and what stands for a password.
//!
//! OpenTelemetry's conventions list those of signed URLs, to be redacted wherever a URL is recorded. They count where no
//! line of a catalog names the parameter and it would be scanned, as hints do, and as hints they never weaken.

use crate::Class;

/// Names, compared in any case: `sig` and `Signature` are the same thing in two clouds.
const PARAMETERS: &[&str] = &[
    "awsaccesskeyid",
    "signature",
    "sig",
    "x-amz-signature",
    "x-amz-credential",
    "x-amz-security-token",
    "x-goog-signature",
    "x-goog-credential",
    "googleaccessid",
    "key-pair-id",
    "key",
    "auth",
    "jwt",
    "code",
    "code_verifier",
    "assertion",
    "client_assertion",
    "ticket",
    "samlresponse",
    "samlrequest",
    "session",
    "sessionid",
    "session_id",
    "sid",
    "jsessionid",
    "phpsessid",
];

/// What the name of a parameter says of its value, and the word that did it.
pub(super) fn class_of_parameter(name: &str) -> Option<(Class, &'static str)> {
    let word = PARAMETERS.iter().find(|word| name.eq_ignore_ascii_case(word))?;
    Some((Class::Credential, word))
}
