//! The closed list of classes: what a value is, before anybody says what happens to it.

/// What a value is. One list for catalog, detectors and documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Class {
    /// Secrets and capabilities.
    Credential,
    /// Names a person.
    DirectId,
    /// Singles out or links a person or device.
    OnlineId,
    /// Where somebody is.
    Location,
    /// Cards, accounts, payment data.
    Payment,
    /// Health data.
    Health,
    /// Special categories of GDPR article 9 other than health.
    Special,
    /// Free text or payload.
    Content,
    /// Text with fields inside: URL, SQL, JSON.
    Carrier,
    /// Hosts, paths, internal names.
    Infra,
    /// Signal: what people debug with.
    Operational,
    /// Trace and span ids.
    Correlation,
    /// Ids, times, enums, counts that the protocol needs.
    Structural,
}

impl Class {
    /// All classes, in the order of their discriminants.
    pub const ALL: [Self; 13] = [
        Self::Credential,
        Self::DirectId,
        Self::OnlineId,
        Self::Location,
        Self::Payment,
        Self::Health,
        Self::Special,
        Self::Content,
        Self::Carrier,
        Self::Infra,
        Self::Operational,
        Self::Correlation,
        Self::Structural,
    ];

    /// The word of a policy.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::DirectId => "direct-id",
            Self::OnlineId => "online-id",
            Self::Location => "location",
            Self::Payment => "payment",
            Self::Health => "health",
            Self::Special => "special",
            Self::Content => "content",
            Self::Carrier => "carrier",
            Self::Infra => "infra",
            Self::Operational => "operational",
            Self::Correlation => "correlation",
            Self::Structural => "structural",
        }
    }

    /// Reads the word of a policy.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.word() == word)
    }
}
