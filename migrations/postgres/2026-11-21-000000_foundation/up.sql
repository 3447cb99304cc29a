-- The foundation. Ids are UUIDv7 made by us or by a phone; instants are UTC; a level column holds 0 insufficient,
-- 1..4 the band or overall level when firm, 11..14 the same when tentative (domain/profile.rs).
-- Text that is compared or sorted is COLLATE "C"; Vietnamese order comes from name_sort_key, search from name_folded.

CREATE TABLE areas (
    code text COLLATE "C" PRIMARY KEY,
    level text COLLATE "C" NOT NULL,
    parent_code text COLLATE "C" REFERENCES areas (code),
    name text COLLATE "C" NOT NULL,
    short_name text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    name_folded text COLLATE "C" NOT NULL,
    name_sort_key bytea NOT NULL,
    vintage text COLLATE "C" NOT NULL,
    valid_from text COLLATE "C" NOT NULL,
    valid_to text COLLATE "C",
    merged_into text COLLATE "C" REFERENCES areas (code),
    confirmed boolean NOT NULL
);
CREATE INDEX areas_by_parent ON areas (parent_code, name_sort_key, code);
CREATE INDEX areas_by_name ON areas (name_sort_key, code);

-- Units from before July 2025 and what became of them; a code here is never looked up in areas.
CREATE TABLE legacy_areas (
    old_code text COLLATE "C" NOT NULL,
    new_code text COLLATE "C" NOT NULL REFERENCES areas (code),
    old_name text COLLATE "C" NOT NULL,
    old_district text COLLATE "C" NOT NULL,
    old_province text COLLATE "C" NOT NULL,
    relation text COLLATE "C" NOT NULL,
    is_default boolean NOT NULL,
    default_basis text COLLATE "C",
    PRIMARY KEY (old_code, new_code)
);

-- Which shipped data set was loaded, by content.
CREATE TABLE data_sets (
    name text COLLATE "C" PRIMARY KEY,
    sha256 bytea NOT NULL,
    loaded_at timestamptz NOT NULL
);

CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    citizen_code text COLLATE "C" NOT NULL UNIQUE,
    login_phone text COLLATE "C" UNIQUE,
    contact_phone text COLLATE "C",
    display_name text COLLATE "C" NOT NULL,
    name_folded text COLLATE "C" NOT NULL,
    name_sort_key bytea NOT NULL,
    birth_year smallint,
    birth_month smallint,
    birth_day smallint,
    sex text COLLATE "C",
    area_code text COLLATE "C" REFERENCES areas (code),
    hamlet_code text COLLATE "C" REFERENCES areas (code),
    hamlet_confirmed boolean NOT NULL,
    language text COLLATE "C" NOT NULL,
    password_hash text COLLATE "C",
    state text COLLATE "C" NOT NULL,
    -- bit 0 profile, 1 named_sharing, 2 named_results, 3 statistics, 4 item_research; the events are the record
    consents smallint NOT NULL,
    enrolled_by uuid,
    created_at timestamptz NOT NULL
);
CREATE INDEX accounts_by_area ON accounts (area_code, hamlet_code, name_sort_key);
CREATE INDEX accounts_by_phone ON accounts (contact_phone);
CREATE INDEX accounts_by_name ON accounts (area_code, name_folded);

-- Every consent text that was ever in force, word for word, so that what people agreed to can be shown.
CREATE TABLE consent_texts (
    sha256 bytea PRIMARY KEY,
    purpose text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL,
    language text COLLATE "C" NOT NULL,
    text text COLLATE "C" NOT NULL,
    in_force_from timestamptz NOT NULL
);

CREATE TABLE consent_events (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id),
    purpose text COLLATE "C" NOT NULL,
    granted boolean NOT NULL,
    text_version text COLLATE "C" NOT NULL,
    text_language text COLLATE "C" NOT NULL,
    text_sha256 bytea NOT NULL,
    method text COLLATE "C" NOT NULL,
    assisted_by uuid,
    decided_at timestamptz NOT NULL
);
CREATE INDEX consent_events_by_account ON consent_events (account_id, decided_at);

CREATE TABLE grants (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id),
    role text COLLATE "C" NOT NULL,
    area_code text COLLATE "C" REFERENCES areas (code),
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    granted_by uuid,
    created_at timestamptz NOT NULL
);
CREATE INDEX grants_by_account ON grants (account_id);

-- One session is one device; its refresh tokens are a chain, kept by hash.
CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id),
    device_name text COLLATE "C" NOT NULL,
    device_mode text COLLATE "C" NOT NULL,
    authenticated_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    idle_seconds bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text COLLATE "C"
);
CREATE INDEX sessions_by_account ON sessions (account_id);

CREATE TABLE refresh_tokens (
    token_hash bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions (id),
    issued_at timestamptz NOT NULL,
    used_at timestamptz,
    successor_hash bytea,
    revoked boolean NOT NULL
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

-- Failed sign-ins by login (hashed), for the growing delay.
CREATE TABLE login_throttles (
    subject_hash bytea PRIMARY KEY,
    failures integer NOT NULL,
    last_failure_at timestamptz NOT NULL
);

-- The one-time code with which the first administrator is made.
CREATE TABLE setup_codes (
    id smallint PRIMARY KEY,
    code_hash bytea NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE bank_versions (
    version text COLLATE "C" PRIMARY KEY,
    content_hash text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    content bytea NOT NULL,
    imported_at timestamptz NOT NULL,
    published_at timestamptz
);

-- Item parameters, cuts, correlation and median seconds with which attempts on one bank version are scored.
CREATE TABLE models (
    version text COLLATE "C" PRIMARY KEY,
    bank_version text COLLATE "C" NOT NULL REFERENCES bank_versions (version),
    state text COLLATE "C" NOT NULL,
    parameters text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    published_at timestamptz
);

CREATE TABLE drafts (
    citizen_id uuid NOT NULL REFERENCES accounts (id),
    id uuid NOT NULL,
    revision bigint NOT NULL,
    body text COLLATE "C" NOT NULL,
    area_code text COLLATE "C",
    hamlet_code text COLLATE "C",
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (citizen_id, id)
);
CREATE INDEX drafts_by_age ON drafts (updated_at);

-- Submitted attempts: inserted once, never changed but to be scored late. State: 0 scored, 1 quarantined (bank not known).
CREATE TABLE attempts (
    citizen_id uuid NOT NULL REFERENCES accounts (id),
    id uuid NOT NULL,
    state smallint NOT NULL,
    form_id text COLLATE "C" NOT NULL,
    bank_version text COLLATE "C" NOT NULL,
    mode smallint NOT NULL,
    supervised boolean NOT NULL,
    language text COLLATE "C" NOT NULL,
    area_code text COLLATE "C",
    hamlet_code text COLLATE "C",
    helper_id uuid,
    campaign text COLLATE "C",
    plan text COLLATE "C",
    revision bigint NOT NULL,
    flags smallint NOT NULL,
    client_started_at timestamptz NOT NULL,
    client_submitted_at timestamptz NOT NULL,
    client_sent_at timestamptz,
    received_at timestamptz NOT NULL,
    taken_at timestamptz NOT NULL,
    content_sha256 bytea NOT NULL,
    answers bytea NOT NULL,
    overall_level smallint NOT NULL,
    level_1 smallint NOT NULL,
    level_2 smallint NOT NULL,
    level_3 smallint NOT NULL,
    level_4 smallint NOT NULL,
    level_5 smallint NOT NULL,
    level_6 smallint NOT NULL,
    level_7 smallint NOT NULL,
    level_8 smallint NOT NULL,
    level_9 smallint NOT NULL,
    PRIMARY KEY (citizen_id, id)
);

CREATE INDEX attempts_quarantined ON attempts (bank_version) WHERE state = 1;

-- One row per scored attempt and model version; id is derived from both, so that a repeat meets itself.
CREATE TABLE profiles (
    citizen_id uuid NOT NULL REFERENCES accounts (id),
    id uuid NOT NULL,
    attempt_id uuid NOT NULL,
    model_version text COLLATE "C" NOT NULL,
    taken_at timestamptz NOT NULL,
    mode smallint NOT NULL,
    answered smallint NOT NULL,
    partial boolean NOT NULL,
    estimates bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (citizen_id, id)
);

-- One row per citizen: what the profile page shows and what statistics add up.
CREATE TABLE current_profiles (
    citizen_id uuid PRIMARY KEY REFERENCES accounts (id),
    overall_profile_id uuid NOT NULL,
    bands_profile_id uuid NOT NULL,
    taken_at timestamptz NOT NULL,
    mode smallint NOT NULL,
    area_code text COLLATE "C",
    hamlet_code text COLLATE "C",
    sex text COLLATE "C",
    birth_year smallint,
    consents smallint NOT NULL,
    overall_level smallint NOT NULL,
    level_1 smallint NOT NULL,
    level_2 smallint NOT NULL,
    level_3 smallint NOT NULL,
    level_4 smallint NOT NULL,
    level_5 smallint NOT NULL,
    level_6 smallint NOT NULL,
    level_7 smallint NOT NULL,
    level_8 smallint NOT NULL,
    level_9 smallint NOT NULL
);
CREATE INDEX current_profiles_by_area ON current_profiles (area_code, hamlet_code);

-- What was done, by whom, to what: ids and versions, never answers or names.
CREATE TABLE journal (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor_id uuid,
    action text COLLATE "C" NOT NULL,
    object_id text COLLATE "C" NOT NULL,
    area_code text COLLATE "C",
    detail text COLLATE "C" NOT NULL,
    request_id text COLLATE "C" NOT NULL
);

CREATE TABLE journal_subjects (
    citizen_id uuid NOT NULL,
    journal_sequence bigint NOT NULL REFERENCES journal (sequence),
    PRIMARY KEY (citizen_id, journal_sequence)
);
