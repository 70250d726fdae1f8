//! Slack tokens and incoming webhooks (Slack's API documentation, "token types" and "incoming webhooks").

use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;

pub(super) struct Slack;

impl Detector for Slack {
    fn spec(&self) -> Spec {
        Spec::new("slack-token", Class::Credential, "Slack tokens")
            .finds(&[
                "as «xoxb-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx».",
                "«xoxe.xoxp-1-Mi0yLTEyMzQ1Njc4OTAxMi0xMjM0NTY3»",
                "«xapp-1-A0123456789-1234567890123-0123456789abcdef»",
            ])
            .passes_over(&["xoxb-", "xoxq-123456789012-1234567890123", "xapp-runner"])
    }

    fn sites(&self) -> &'static [Site] {
        &[Site::Prefix(&[
            "xoxa-", "xoxb-", "xoxc-", "xoxd-", "xoxe-", "xoxe.", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "xapp-",
        ])]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let mut body = at + "xoxb-".len();
        // A rotating token wraps the token that it stands for.
        if probe.before(body) == b'.' {
            if !probe.starts_with(body, "xox") {
                return None;
            }
            body += "xoxp-".len();
        }
        let end =
            probe.run_end(body, 512, |byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'%');
        let token = probe.slice(body..end);
        (token.len() >= 10 && token.iter().any(u8::is_ascii_digit)).then_some(at..end)
    }
}

pub(super) struct Webhook;

impl Detector for Webhook {
    fn spec(&self) -> Spec {
        Spec::new("slack-webhook", Class::Credential, "Secret part of Slack webhook URLs")
            .finds(&[
                "POST https://hooks.slack.com/services/«T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX» 200",
            ])
            .passes_over(&["https://hooks.slack.com/services/", "https://hooks.slack.com/docs/T0"])
    }

    fn sites(&self) -> &'static [Site] {
        &[Site::Prefix(&["hooks.slack.com/"])]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        let kind = at + "hooks.slack.com/".len();
        let kinds = ["services/", "workflows/", "triggers/"];
        let path = kind + kinds.into_iter().find(|name| probe.starts_with(kind, name))?.len();
        let end = probe
            .run_end(path, 256, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_'));
        (end - path >= 16).then_some(path..end)
    }
}
