-- The foundation. Ids are UUIDv7 made by us or by a phone; instants are UTC; a level column holds 0 insufficient,
-- 1..4 the band or overall level when firm, 11..14 the same when tentative (domain/profile.rs).
-- Instants are milliseconds since 1970, ids 16 bytes. Vietnamese order comes from name_sort_key, search from name_folded.

CREATE TABLE areas (
    code TEXT NOT NULL PRIMARY KEY,
    level TEXT NOT NULL,
    parent_code TEXT REFERENCES areas (code),
    name TEXT NOT NULL,
    short_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    name_sort_key BLOB NOT NULL,
    vintage TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    merged_into TEXT REFERENCES areas (code),
    confirmed BOOLEAN NOT NULL
);
CREATE INDEX areas_by_parent ON areas (parent_code, name_sort_key, code);
CREATE INDEX areas_by_name ON areas (name_sort_key, code);

-- Units from before July 2025 and what became of them; a code here is never looked up in areas.
CREATE TABLE legacy_areas (
    old_code TEXT NOT NULL,
    new_code TEXT NOT NULL REFERENCES areas (code),
    old_name TEXT NOT NULL,
    old_district TEXT NOT NULL,
    old_province TEXT NOT NULL,
    relation TEXT NOT NULL,
    is_default BOOLEAN NOT NULL,
    default_basis TEXT,
    PRIMARY KEY (old_code, new_code)
) WITHOUT ROWID;

-- Which shipped data set was loaded, by content.
CREATE TABLE data_sets (
    name TEXT NOT NULL PRIMARY KEY,
    sha256 BLOB NOT NULL,
    loaded_at INTEGER NOT NULL
);

CREATE TABLE accounts (
    id BLOB NOT NULL PRIMARY KEY,
    citizen_code TEXT NOT NULL UNIQUE,
    login_phone TEXT UNIQUE,
    contact_phone TEXT,
    display_name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    name_sort_key BLOB NOT NULL,
    birth_year INTEGER,
    birth_month INTEGER,
    birth_day INTEGER,
    sex TEXT,
    area_code TEXT REFERENCES areas (code),
    hamlet_code TEXT REFERENCES areas (code),
    hamlet_confirmed BOOLEAN NOT NULL,
    language TEXT NOT NULL,
    password_hash TEXT,
    state TEXT NOT NULL,
    -- bit 0 profile, 1 named_sharing, 2 named_results, 3 statistics, 4 item_research; the events are the record
    consents INTEGER NOT NULL,
    enrolled_by BLOB,
    created_at INTEGER NOT NULL
);
CREATE INDEX accounts_by_area ON accounts (area_code, hamlet_code, name_sort_key);
CREATE INDEX accounts_by_phone ON accounts (contact_phone);
CREATE INDEX accounts_by_name ON accounts (area_code, name_folded);

-- Every consent text that was ever in force, word for word, so that what people agreed to can be shown.
CREATE TABLE consent_texts (
    sha256 BLOB NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    version TEXT NOT NULL,
    language TEXT NOT NULL,
    text TEXT NOT NULL,
    in_force_from INTEGER NOT NULL
);

CREATE TABLE consent_events (
    id BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts (id),
    purpose TEXT NOT NULL,
    granted BOOLEAN NOT NULL,
    text_version TEXT NOT NULL,
    text_language TEXT NOT NULL,
    text_sha256 BLOB NOT NULL,
    method TEXT NOT NULL,
    assisted_by BLOB,
    decided_at INTEGER NOT NULL
);
CREATE INDEX consent_events_by_account ON consent_events (account_id, decided_at);

CREATE TABLE grants (
    id BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts (id),
    role TEXT NOT NULL,
    area_code TEXT REFERENCES areas (code),
    valid_from INTEGER NOT NULL,
    valid_to INTEGER,
    granted_by BLOB,
    created_at INTEGER NOT NULL
);
CREATE INDEX grants_by_account ON grants (account_id);

-- One session is one device; its refresh tokens are a chain, kept by hash.
CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts (id),
    device_name TEXT NOT NULL,
    device_mode TEXT NOT NULL,
    authenticated_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    idle_seconds INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    end_reason TEXT
);
CREATE INDEX sessions_by_account ON sessions (account_id);

CREATE TABLE refresh_tokens (
    token_hash BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES sessions (id),
    issued_at INTEGER NOT NULL,
    used_at INTEGER,
    successor_hash BLOB,
    revoked BOOLEAN NOT NULL
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

-- Failed sign-ins by login (hashed), for the growing delay.
CREATE TABLE login_throttles (
    subject_hash BLOB NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_failure_at INTEGER NOT NULL
);

-- The one-time code with which the first administrator is made.
CREATE TABLE setup_codes (
    id INTEGER NOT NULL PRIMARY KEY,
    code_hash BLOB NOT NULL,
    created_at INTEGER NOT NULL
);

CREATE TABLE bank_versions (
    version TEXT NOT NULL PRIMARY KEY,
    content_hash TEXT NOT NULL,
    state TEXT NOT NULL,
    content BLOB NOT NULL,
    imported_at INTEGER NOT NULL,
    published_at INTEGER
);

-- Item parameters, cuts, correlation and median seconds with which attempts on one bank version are scored.
CREATE TABLE models (
    version TEXT NOT NULL PRIMARY KEY,
    bank_version TEXT NOT NULL REFERENCES bank_versions (version),
    state TEXT NOT NULL,
    parameters TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    published_at INTEGER
);

CREATE TABLE drafts (
    citizen_id BLOB NOT NULL REFERENCES accounts (id),
    id BLOB NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    area_code TEXT,
    hamlet_code TEXT,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (citizen_id, id)
) WITHOUT ROWID;
CREATE INDEX drafts_by_age ON drafts (updated_at);

-- Submitted attempts: inserted once, never changed but to be scored late. State: 0 scored, 1 quarantined (bank not known).
CREATE TABLE attempts (
    citizen_id BLOB NOT NULL REFERENCES accounts (id),
    id BLOB NOT NULL,
    state INTEGER NOT NULL,
    form_id TEXT NOT NULL,
    bank_version TEXT NOT NULL,
    mode INTEGER NOT NULL,
    supervised BOOLEAN NOT NULL,
    language TEXT NOT NULL,
    area_code TEXT,
    hamlet_code TEXT,
    helper_id BLOB,
    campaign TEXT,
    plan TEXT,
    revision INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    client_started_at INTEGER NOT NULL,
    client_submitted_at INTEGER NOT NULL,
    client_sent_at INTEGER,
    received_at INTEGER NOT NULL,
    taken_at INTEGER NOT NULL,
    content_sha256 BLOB NOT NULL,
    answers BLOB NOT NULL,
    overall_level INTEGER NOT NULL,
    level_1 INTEGER NOT NULL,
    level_2 INTEGER NOT NULL,
    level_3 INTEGER NOT NULL,
    level_4 INTEGER NOT NULL,
    level_5 INTEGER NOT NULL,
    level_6 INTEGER NOT NULL,
    level_7 INTEGER NOT NULL,
    level_8 INTEGER NOT NULL,
    level_9 INTEGER NOT NULL,
    PRIMARY KEY (citizen_id, id)
) WITHOUT ROWID;

CREATE INDEX attempts_quarantined ON attempts (bank_version) WHERE state = 1;

-- One row per scored attempt and model version; id is derived from both, so that a repeat meets itself.
CREATE TABLE profiles (
    citizen_id BLOB NOT NULL REFERENCES accounts (id),
    id BLOB NOT NULL,
    attempt_id BLOB NOT NULL,
    model_version TEXT NOT NULL,
    taken_at INTEGER NOT NULL,
    mode INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    partial BOOLEAN NOT NULL,
    estimates BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (citizen_id, id)
) WITHOUT ROWID;

-- One row per citizen: what the profile page shows and what statistics add up.
CREATE TABLE current_profiles (
    citizen_id BLOB NOT NULL PRIMARY KEY REFERENCES accounts (id),
    overall_profile_id BLOB NOT NULL,
    bands_profile_id BLOB NOT NULL,
    taken_at INTEGER NOT NULL,
    mode INTEGER NOT NULL,
    area_code TEXT,
    hamlet_code TEXT,
    sex TEXT,
    birth_year INTEGER,
    consents INTEGER NOT NULL,
    overall_level INTEGER NOT NULL,
    level_1 INTEGER NOT NULL,
    level_2 INTEGER NOT NULL,
    level_3 INTEGER NOT NULL,
    level_4 INTEGER NOT NULL,
    level_5 INTEGER NOT NULL,
    level_6 INTEGER NOT NULL,
    level_7 INTEGER NOT NULL,
    level_8 INTEGER NOT NULL,
    level_9 INTEGER NOT NULL
);
CREATE INDEX current_profiles_by_area ON current_profiles (area_code, hamlet_code);

-- What was done, by whom, to what: ids and versions, never answers or names.
CREATE TABLE journal (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor_id BLOB,
    action TEXT NOT NULL,
    object_id TEXT NOT NULL,
    area_code TEXT,
    detail TEXT NOT NULL,
    request_id TEXT NOT NULL
);

CREATE TABLE journal_subjects (
    citizen_id BLOB NOT NULL,
    journal_sequence INTEGER NOT NULL REFERENCES journal (sequence),
    PRIMARY KEY (citizen_id, journal_sequence)
) WITHOUT ROWID;
