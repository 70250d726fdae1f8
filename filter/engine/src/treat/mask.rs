//! Mask: characters give way to `***`, whose length says nothing about the value's.

use super::{Apply, Context, Example, Spec, Treated, Treatment, render, text_or_keep};
use frostglass_formats::Value;

pub(super) static SPEC: Spec = Spec {
    name: "mask",
    sentence: "`***` stands for the value; the last few characters or an address's domain may stay.",
    keyed: false,
    joins: false,
    once_only: false,
    examples: &[
        Example::new(r#""mask""#, "hunter2", "***"),
        Example::new(r#"{"mask": {"keep-last": 4}}"#, "4111 1111 1111 1234", "***1234"),
        Example::new(r#"{"mask": {"keep-last": 4}}"#, "+15550100", "***00"),
        Example::new(r#"{"mask": {"keep-last": 4}}"#, "1234567", "***"),
        Example::new(r#"{"mask": {"keep": "domain"}}"#, "ann@example.org", "***@example.org"),
        Example::new(r#"{"mask": {"keep": "domain"}}"#, "not an address", "***"),
    ],
};

const STARS: &str = "***";

/// Hides characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mask {
    /// All of them.
    #[default]
    Full,
    /// All but this many at the end, at most [`Mask::MOST`] and at most a quarter; all of a value with fewer than eight.
    KeepLast(u8),
    /// All but the domain of an e-mail address; all of what is none. A domain can itself name a person or a family.
    KeepDomain,
}

impl Mask {
    /// Most characters that a mask ever leaves at the end: what shops print of a card.
    pub const MOST: u8 = 4;

    /// Fewest characters of a value that keeps any.
    const LONG_ENOUGH: usize = 8;
}

impl Treatment for Mask {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn resolve(&self, _: &Context<'_>) -> Box<dyn Apply> {
        Box::new(*self)
    }
}

impl Apply for Mask {
    fn apply(&self, value: Value<'_>, out: &mut String) -> Treated {
        match *self {
            Self::Full => out.push_str(STARS),
            Self::KeepLast(wanted) => {
                let most = usize::from(wanted.min(Self::MOST));
                // What a mask like this one made stays. A raw value can pretend to be that, and gains nothing: no more
                // than `most` characters behind the stars are let through, as of any value.
                if let Value::Text(text) = value
                    && text.strip_prefix(STARS).is_some_and(|rest| rest.chars().count() <= most)
                {
                    return Treated::Keep;
                }
                // Without text there is nothing to keep the end of.
                let tail_at = if render::push(value, out) { tail_at(out, most) } else { out.len() };
                out.replace_range(..tail_at, STARS);
            }
            Self::KeepDomain => {
                out.push_str(STARS);
                if let Value::Text(text) = value
                    && let Some(domain) = domain(text)
                {
                    out.push('@');
                    out.push_str(domain);
                }
            }
        }
        text_or_keep(value, out)
    }
}

/// Byte at which the kept end of a text begins.
fn tail_at(text: &str, most: usize) -> usize {
    // Sixteen characters earn the most that is ever kept: a longer text need not be counted.
    let length = text.chars().take(usize::from(Mask::MOST) * 4).count();
    let kept = if length < Mask::LONG_ENOUGH { 0 } else { most.min(length / 4) };
    match kept.checked_sub(1) {
        Some(nth) => text.char_indices().nth_back(nth).map_or(text.len(), |(at, _)| at),
        None => text.len(),
    }
}

/// The domain of a plain e-mail address. Narrow on purpose: whatever else stands around an `@` is hidden whole.
fn domain(text: &str) -> Option<&str> {
    let (local, domain) = text.split_once('@')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(plain);
    let (_, top) = domain.rsplit_once('.')?;
    let is_address = (1..=64).contains(&local.len())
        && !local.contains(|c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, '/' | ':' | '?' | '&' | '=')
        })
        && domain.len() <= 253
        && domain.split('.').all(label)
        && top.len() >= 2
        && top.bytes().any(|byte| byte.is_ascii_alphabetic());
    is_address.then_some(domain)
}
