//! Every refusal a person can meet: one line each, with a code that never changes. Texts are in `content/texts.toml`,
//! statuses in `http/problem.rs`.

macro_rules! catalogue {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($variant,)* }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stable code that clients read.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.code() == code)
            }
        }
    };
}

catalogue! {
    /// Why a request as a whole was not carried out.
    Refusal {
        MalformedJson = "malformed-json",
        DuplicateMember = "duplicate-member",
        TooDeep = "too-deep",
        RepeatedParameter = "repeated-parameter",
        MalformedRequest = "malformed-request",
        Unauthenticated = "unauthenticated",
        InvalidCredentials = "invalid-credentials",
        SessionEnded = "session-ended",
        Forbidden = "forbidden",
        ConsentWithdrawn = "consent-withdrawn",
        NotFound = "not-found",
        MethodNotAllowed = "method-not-allowed",
        NotAcceptable = "not-acceptable",
        RequestTimeout = "request-timeout",
        ContentConflict = "content-conflict",
        Erased = "erased",
        PayloadTooLarge = "payload-too-large",
        UriTooLong = "uri-too-long",
        UnsupportedMediaType = "unsupported-media-type",
        InvalidContent = "invalid-content",
        TooManyRequests = "too-many-requests",
        Internal = "internal",
        Unavailable = "unavailable",
    }
}

catalogue! {
    /// What is wrong with one value of a request.
    Fault {
        Required = "required",
        UnknownMember = "unknown-member",
        WrongType = "wrong-type",
        TooShort = "too-short",
        TooLong = "too-long",
        OutOfRange = "out-of-range",
        NotAllowed = "not-allowed",
        BadFormat = "bad-format",
        NullCharacter = "null-character",
        UnknownArea = "unknown-area",
        NotACommune = "not-a-commune",
        UnknownForm = "unknown-form",
        UnknownItem = "unknown-item",
        UnknownOption = "unknown-option",
        ItemAnsweredTwice = "item-answered-twice",
        WrongOrder = "wrong-order",
        UnknownConsentText = "unknown-consent-text",
        ConsentRequired = "consent-required",
        UnderAge = "under-age",
        WeakPassword = "weak-password",
        FormNotScored = "form-not-scored",
        NoAnswers = "no-answers",
    }
}

/// A fault and where it is: a JSON Pointer into the body, `?name` for a query parameter, `{name}` for one in the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    pub pointer: String,
    pub fault: Fault,
}

impl FieldFault {
    pub fn new(pointer: impl Into<String>, fault: Fault) -> Self {
        Self { pointer: pointer.into(), fault }
    }
}

/// A refusal with all it has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub refusal: Refusal,
    pub faults: Vec<FieldFault>,
    /// When trying again may help, in seconds.
    pub retry_after_seconds: Option<u32>,
}

impl Refused {
    pub fn invalid(faults: Vec<FieldFault>) -> Self {
        Self { refusal: Refusal::InvalidContent, faults, retry_after_seconds: None }
    }

    pub fn at(pointer: impl Into<String>, fault: Fault) -> Self {
        Self::invalid(vec![FieldFault::new(pointer, fault)])
    }

    pub fn retry_after(refusal: Refusal, seconds: u32) -> Self {
        Self { refusal, faults: Vec::new(), retry_after_seconds: Some(seconds) }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, faults: Vec::new(), retry_after_seconds: None }
    }
}
