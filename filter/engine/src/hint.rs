//! Guesses from the words of a key what its value is, where no line of a catalog says so.
//!
//! A guess only ever makes a field stricter. `discover` shows the same guesses, with the word as the reason.

use crate::Class;

/// Words that give a value away when they end its key, alone or joined (`apikey`, `api_key`, `apiKey`).
const WORDS: &[(&str, Class)] = &[
    ("password", Class::Credential),
    ("passwords", Class::Credential),
    ("passwd", Class::Credential),
    ("passphrase", Class::Credential),
    ("pwd", Class::Credential),
    ("pw", Class::Credential),
    ("dbpass", Class::Credential),
    ("userpass", Class::Credential),
    ("csrf", Class::Credential),
    ("xsrf", Class::Credential),
    ("secret", Class::Credential),
    ("token", Class::Credential),
    ("apikey", Class::Credential),
    ("apikeys", Class::Credential),
    ("accesskey", Class::Credential),
    ("privatekey", Class::Credential),
    ("secretkey", Class::Credential),
    ("credential", Class::Credential),
    ("credentials", Class::Credential),
    ("authorization", Class::Credential),
    ("cookie", Class::Credential),
    ("setcookie", Class::Credential),
    ("otp", Class::Credential),
    ("clientsecret", Class::Credential),
    ("connectionstring", Class::Credential),
    ("pin", Class::Credential),
    ("cvv", Class::Payment),
    ("cvc", Class::Payment),
    ("pan", Class::Payment),
    ("iban", Class::Payment),
    ("cardnumber", Class::Payment),
    ("creditcard", Class::Payment),
    ("accountnumber", Class::Payment),
    ("routingnumber", Class::Payment),
    ("sortcode", Class::Payment),
    ("email", Class::DirectId),
    ("mail", Class::DirectId),
    ("emailaddress", Class::DirectId),
    ("phone", Class::DirectId),
    ("phonenumber", Class::DirectId),
    ("msisdn", Class::DirectId),
    ("ssn", Class::DirectId),
    ("passport", Class::DirectId),
    ("passportnumber", Class::DirectId),
    ("nationalid", Class::DirectId),
    ("taxid", Class::DirectId),
    ("taxnumber", Class::DirectId),
    ("driverlicense", Class::DirectId),
    ("driverslicense", Class::DirectId),
    ("dateofbirth", Class::DirectId),
    ("ofbirth", Class::DirectId),
    ("birthday", Class::DirectId),
    ("mobilenumber", Class::DirectId),
    ("cardholder", Class::DirectId),
    ("firstname", Class::DirectId),
    ("lastname", Class::DirectId),
    ("fullname", Class::DirectId),
    ("surname", Class::DirectId),
    ("username", Class::DirectId),
    ("login", Class::DirectId),
    ("userid", Class::DirectId),
    ("customerid", Class::DirectId),
    ("birthdate", Class::DirectId),
    ("dob", Class::DirectId),
    ("ip", Class::OnlineId),
    ("ipaddress", Class::OnlineId),
    ("clientip", Class::OnlineId),
    ("sessionid", Class::OnlineId),
    ("deviceid", Class::OnlineId),
    ("imei", Class::OnlineId),
    ("imsi", Class::OnlineId),
    ("iccid", Class::OnlineId),
    ("idfa", Class::OnlineId),
    ("advertisingid", Class::OnlineId),
    ("advertiserid", Class::OnlineId),
    ("idfv", Class::OnlineId),
    ("gaid", Class::OnlineId),
    ("aaid", Class::OnlineId),
    ("adid", Class::OnlineId),
    ("oaid", Class::OnlineId),
    ("macaddress", Class::OnlineId),
    ("useragent", Class::OnlineId),
    ("latitude", Class::Location),
    ("longitude", Class::Location),
    ("postalcode", Class::Location),
    ("zipcode", Class::Location),
    ("street", Class::Location),
    ("diagnosis", Class::Health),
    ("mrn", Class::Health),
    ("patientid", Class::Health),
    ("religion", Class::Special),
    ("ethnicity", Class::Special),
];

/// Words that say nothing new behind one that does: `password_value`.
const FILLERS: &[&str] = &["value", "text", "raw", "string", "header", "plain", "old", "new", "current"];

/// The longest key that is looked at; nobody names a field in more.
const LONGEST: usize = 128;

/// What the last words of a key suggest, and the word that did it.
#[must_use]
pub fn class_of_key(key: &str) -> Option<(Class, &'static str)> {
    if key.len() > LONGEST {
        return None;
    }
    // What stands in brackets of its own is a label that took the place of a key or of a finding in it; nothing up to it counts.
    // `user[password]` has its name before the bracket; a name has no blanks: `mysql -p[credential]` had a finding.
    let label = key.rfind(']').zip(key.rfind('[')).filter(|(end, start)| start < end);
    let own = |start: usize| {
        !key.get(..start)
            .is_some_and(|name| name.ends_with(char::is_alphanumeric) && !name.contains(char::is_whitespace))
    };
    let key = match label.filter(|(_, start)| own(*start)) {
        Some((end, _)) => key.get(end..).unwrap_or_default(),
        None => key,
    };
    let mut words: Vec<String> = Vec::new();
    let mut lower = false;
    for letter in key.chars() {
        if !letter.is_alphanumeric() {
            lower = false;
            words.push(String::new());
            continue;
        }
        // `userEmail` is two words, `userID` too, `EMAIL` is one.
        if words.is_empty() || (letter.is_uppercase() && lower) {
            words.push(String::new());
        }
        lower = letter.is_lowercase() || letter.is_ascii_digit();
        if let Some(word) = words.last_mut() {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    while words.last().is_some_and(|word| FILLERS.contains(&word.as_str())) {
        words.pop();
    }
    let last = words.last()?;
    let joined =
        words.len().checked_sub(2).and_then(|at| words.get(at)).map(|before| format!("{before}{last}"));
    let known = |text: &str| WORDS.iter().find(|(word, _)| *word == text);
    joined.as_deref().and_then(known).or_else(|| known(last)).map(|(word, class)| (*class, *word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: keys as developers write them.
    /// Guarantees: the last words decide; counts, lengths and types of a secret are no secrets.
    #[test]
    fn the_last_words_of_a_key_give_it_away() {
        let class = |key| class_of_key(key).map(|(class, _)| class);
        for key in [
            "password",
            "user.password",
            "dbPassword",
            "API_KEY",
            "x-api-key",
            "client_secret",
            "password_value",
            "pw",
            "db_pw",
            "db_pass",
            "dbpass",
            "csrf",
            "x-xsrf",
            "user[password]",
            "[x] password",
        ] {
            assert_eq!(class(key), Some(Class::Credential), "{key}");
        }
        assert_eq!(class("customer.email"), Some(Class::DirectId));
        assert_eq!(class("userID"), Some(Class::DirectId));
        assert_eq!(class("client_ip"), Some(Class::OnlineId));
        for key in [
            "password_length",
            "token_count",
            "gen_ai.usage.input_tokens",
            "email.sent",
            "secretary",
            "zip",
            "",
            "pass",
            "[credential]",
            "retry password=[credential]",
            "api_key: [credential] value",
        ] {
            assert_eq!(class(key), None, "{key}");
        }
    }
}
