//! What an account may be besides a citizen.

/// Held through a grant over an area and its children; `area_code` null is the whole country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    TeamMember,
    TeamLead,
    WardOfficial,
    ProvinceAnalyst,
    AreaAdmin,
    SystemAdmin,
    Auditor,
}

impl Role {
    pub const ALL: [Self; 7] = [
        Self::TeamMember,
        Self::TeamLead,
        Self::WardOfficial,
        Self::ProvinceAnalyst,
        Self::AreaAdmin,
        Self::SystemAdmin,
        Self::Auditor,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::TeamMember => "team_member",
            Self::TeamLead => "team_lead",
            Self::WardOfficial => "ward_official",
            Self::ProvinceAnalyst => "province_analyst",
            Self::AreaAdmin => "area_admin",
            Self::SystemAdmin => "system_admin",
            Self::Auditor => "auditor",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether the role's accounts live under the stricter rules: 12 characters of password, shorter sessions.
    pub const fn is_official(self) -> bool {
        !matches!(self, Self::TeamMember)
    }
}
