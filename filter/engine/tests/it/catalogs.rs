//! The built-in catalogs, held against names that they must and must not take.
//!
//! Reads `semconv.json` as JSON and the lines of `secrets.yaml` as lines, without the policy reader: whether a catalog
//! is well written does not depend on who reads it.

// Helpers of tests may unwrap as tests do; clippy knows that of tests alone.
#![allow(clippy::unwrap_used)]

use frostglass_engine::Class;
use frostglass_engine::policy::{Matcher, Matches, Selector};
use frostglass_formats::otlp::schema;
use frostglass_formats::{Level, Name, Part};

const SEMCONV: &str = include_str!("../../../policies/generated/semconv.json");
const SECRETS: &str = include_str!("../../../policies/secrets.yaml");
const REGISTRY: &str = include_str!("../../../policies/sources/semconv-attributes.tsv");

/// What OTLP has beside attributes, whoever reads it.
fn built_ins() -> Vec<(Level, &'static str)> {
    schema::built_ins().into_iter().map(|(level, name, _)| (level, name)).collect()
}

struct Line {
    selector: Selector,
    class: Class,
    treat: String,
    credential: bool,
}

/// Lines of `semconv`, as the module will read them.
fn semconv() -> Vec<Line> {
    let catalog: serde_json::Value = serde_json::from_str(SEMCONV).unwrap();
    let mut lines = Vec::new();
    for group in catalog["groups"].as_array().unwrap() {
        let class = Class::parse(group["class"].as_str().unwrap()).unwrap();
        let treat = group.get("treat").map_or("", |treat| treat.as_str().unwrap());
        for field in group["fields"].as_array().unwrap() {
            let selector = Selector::parse(field.as_str().unwrap(), &built_ins()).unwrap();
            lines.push(Line {
                selector,
                class,
                treat: treat.to_owned(),
                credential: class == Class::Credential,
            });
        }
    }
    lines
}

/// Lines of `secrets`, of which each is one line of the file.
fn secrets() -> Vec<Line> {
    let (_, lines) = SECRETS.split_once("\nlines:\n").unwrap();
    let written = lines.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    written
        .map(|line| {
            let (selector, class) = line.rsplit_once(": ").unwrap();
            let class = Class::parse(class).unwrap();
            let selector = Selector::parse(selector.trim_matches('"'), &built_ins()).unwrap();
            Line { selector, class, treat: String::new(), credential: class == Class::Credential }
        })
        .collect()
}

fn matcher(lines: &[Line]) -> Matcher<usize> {
    Matcher::new(lines.iter().enumerate().map(|(at, line)| (&line.selector, at)))
}

fn hits(matcher: &Matcher<usize>, name: &Name<'_>) -> Vec<usize> {
    let mut out = Matches::default();
    matcher.matches(name, &mut out);
    out.ids().to_vec()
}

/// Attributes of the registry; `true` for families of keys.
fn registry() -> impl Iterator<Item = (&'static str, bool)> {
    REGISTRY.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| {
        let mut cells = line.split('\t');
        (cells.next().unwrap(), cells.next().unwrap().starts_with("template"))
    })
}

/// Scenario: each attribute of the conventions' registry, families with a key that is nobody's.
/// Guarantees: exactly one line classes it, and no line for secrets takes it unless it is a credential.
#[test]
fn every_attribute_has_one_class() {
    let (semconv, secrets) = (semconv(), secrets());
    let (by_semconv, by_secrets) = (matcher(&semconv), matcher(&secrets));
    let mut count = 0;
    for (attribute, family) in registry() {
        let key = if family { format!("{attribute}.app.kubernetes.io/name") } else { attribute.to_owned() };
        let name = Name::attribute(Level::Span, &key);
        let classed = hits(&by_semconv, &name);
        assert_eq!(classed.len(), 1, "{key}");
        assert!(semconv[classed[0]].credential || hits(&by_secrets, &name).is_empty(), "{key} is no secret");
        count += 1;
    }
    assert_eq!(count, 950);
}

/// Scenario: names under which secrets stand, in the ways that people write them.
/// Guarantees: each is taken as a credential, at any level and inside structured values.
#[test]
fn secrets_are_taken() {
    let lines = secrets();
    let matcher = matcher(&lines);
    let credential = |name: &Name<'_>| hits(&matcher, name).iter().any(|at| lines[*at].credential);
    for key in [
        "password",
        "db.password",
        "user.login.new_password",
        "userPassword",
        "process.environment_variable.DB_PASSWORD",
        "process.environment_variable.GITHUB_TOKEN",
        "stripe.api_key",
        "x.apiKey",
        "client_secret",
        "oauth.clientSecret",
        "azure.AccountKey",
        "access_token",
        "login.refreshToken",
        "http.request.header.authorization",
        "http.request.header.x-api-key",
        "http.request.header.x-amz-security-token",
        "http.response.header.set-cookie",
        "rpc.request.metadata.authorization",
        "aws_credentials",
        "k8s.deployment.annotation.kubectl.kubernetes.io/last-applied-configuration",
    ] {
        assert!(credential(&Name::attribute(Level::Log, key)), "{key}");
        let member = format!("body.{key}");
        let member =
            Name { part: Part::BuiltIn, path: &member, member_at: 5, ..Name::attribute(Level::Log, "") };
        assert!(credential(&member), "{key} inside a body");
    }
    for (part, path) in [
        (Part::Header, "authorization"),
        (Part::Header, "x-gitlab-token"),
        (Part::Cookie, "connect.sid"),
        (Part::Query, "X-Amz-Signature"),
        (Part::Query, "sig"),
        (Part::Query, "code"),
        (Part::Form, "user[password]"),
        (Part::Json, "auth.password"),
        (Part::Baggage, "session-token"),
    ] {
        assert!(credential(&Name { part, path, ..Name::attribute(Level::Span, "") }), "{part:?} {path}");
    }
}

/// Scenario: ordinary names that hold the words of secrets, and the telemetry request's own credentials.
/// Guarantees: no line takes them.
#[test]
fn look_alikes_are_left() {
    let lines = secrets();
    let matcher = matcher(&lines);
    for key in [
        "author",
        "book.author",
        "authority",
        "authorization.result",
        "token_count",
        "gen_ai.usage.input_tokens",
        "max_tokens",
        "time_to_first_token",
        "next_page_token",
        "password_reset_count",
        "password.length",
        "has_password_field",
        "secretary",
        "secret.name",
        "k8s.secret.name",
        "aws.secretsmanager.secret.arn",
        "cookie.count",
        "cookie_consent",
        "keyboard",
        "primary_key",
        "cache.key",
        "messaging.kafka.message.key",
        "tokenizer",
        "passenger",
        "http.request.method",
    ] {
        let name = Name::attribute(Level::Span, key);
        assert_eq!(hits(&matcher, &name).first().map(|at| lines[*at].selector.to_string()), None, "{key}");
    }
    let own = Name { part: Part::Header, ..Name::attribute(Level::Transport, "authorization") };
    assert!(hits(&matcher, &own).is_empty());
}

/// Scenario: the lines as written.
/// Guarantees: no selector stands twice in a catalog, and treatments are those that the catalog defines, or plain words.
#[test]
fn lines_are_unique_and_defined() {
    let catalog: serde_json::Value = serde_json::from_str(SEMCONV).unwrap();
    for lines in [semconv(), secrets()] {
        let mut selectors: Vec<_> = lines.iter().map(|line| &line.selector).collect();
        selectors.sort_unstable();
        assert!(selectors.is_sorted_by(|a, b| a < b));
        for line in &lines {
            let known = matches!(&*line.treat, "" | "keep" | "suppress")
                || !catalog["treatments"][&line.treat].is_null();
            assert!(known, "{}", line.treat);
            assert!(!matches!(line.class, Class::Structural), "{}", line.selector);
        }
    }
}
