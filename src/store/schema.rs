//! The tables, as both migration folders make them (a test compares).

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::columns::{InstantColumn, KeyColumn};

    areas (code) {
        code -> Text,
        level -> Text,
        parent_code -> Nullable<Text>,
        name -> Text,
        short_name -> Text,
        kind -> Text,
        name_folded -> Text,
        name_sort_key -> Binary,
        vintage -> Text,
        valid_from -> Text,
        valid_to -> Nullable<Text>,
        merged_into -> Nullable<Text>,
        confirmed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::columns::{InstantColumn, KeyColumn};

    legacy_areas (old_code, new_code) {
        old_code -> Text,
        new_code -> Text,
        old_name -> Text,
        old_district -> Text,
        old_province -> Text,
        relation -> Text,
        is_default -> Bool,
        default_basis -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::columns::{InstantColumn, KeyColumn};

    data_sets (name) {
        name -> Text,
        sha256 -> Binary,
        loaded_at -> InstantColumn,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::columns::{InstantColumn, KeyColumn};

    accounts (id) {
        id -> KeyColumn,
        citizen_code -> Text,
        login_phone -> Nullable<Text>,
        contact_phone -> Nullable<Text>,
        display_name -> Text,
        name_folded -> Text,
        name_sort_key -> Binary,
        birth_year -> Nullable<SmallInt>,
        birth_month -> Nullable<SmallInt>,
        birth_day -> Nullable<SmallInt>,
        sex -> Nullable<Text>,
        area_code -> Nullable<Text>,
        hamlet_code -> Nullable<Text>,
        hamlet_confirmed -> Bool,
        language -> Text,
        password_hash -> Nullable<Text>,
        state -> Text,
        consents -> SmallInt,
        enrolled_by -> Nullable<KeyColumn>,
        created_at -> InstantColumn,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::columns::InstantColumn;

    consent_texts (sha256) {
        sha256 -> Binary,
        purpose -> Text,
        version -> Text,
        language -> Text,
        text -> Text,
        in_force_from -> InstantColumn,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::columns::{InstantColumn, KeyColumn};

    consent_events (id) {
        id -> KeyColumn,
        account_id -> KeyColumn,
        purpose -> Text,
        granted -> Bool,
        text_version -> Text,
        text_language -> Text,
        text_sha256 -> Binary,
        method -> Text,
        assisted_by -> Nullable<KeyColumn>,
        decided_at -> InstantColumn,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::columns::{InstantColumn, KeyColumn};

    grants (id) {
        id -> KeyColumn,
        account_id -> KeyColumn,
        role -> Text,
        area_code -> Nullable<Text>,
        valid_from -> InstantColumn,
        valid_to -> Nullable<InstantColumn>,
        granted_by -> Nullable<KeyColumn>,
        created_at -> InstantColumn,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::columns::{InstantColumn, KeyColumn};

    sessions (id) {
        id -> KeyColumn,
        account_id -> KeyColumn,
        device_name -> Text,
        device_mode -> Text,
        authenticated_at -> InstantColumn,
        last_used_at -> InstantColumn,
        idle_seconds -> BigInt,
        expires_at -> InstantColumn,
        ended_at -> Nullable<InstantColumn>,
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::columns::{InstantColumn, KeyColumn};

    refresh_tokens (token_hash) {
        token_hash -> Binary,
        session_id -> KeyColumn,
        issued_at -> InstantColumn,
        used_at -> Nullable<InstantColumn>,
        successor_hash -> Nullable<Binary>,
        revoked -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::columns::{InstantColumn, KeyColumn};

    login_throttles (subject_hash) {
        subject_hash -> Binary,
        failures -> Integer,
        last_failure_at -> InstantColumn,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::columns::{InstantColumn, KeyColumn};

    setup_codes (id) {
        id -> SmallInt,
        code_hash -> Binary,
        created_at -> InstantColumn,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::columns::{InstantColumn, KeyColumn};

    bank_versions (version) {
        version -> Text,
        content_hash -> Text,
        state -> Text,
        content -> Binary,
        imported_at -> InstantColumn,
        published_at -> Nullable<InstantColumn>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::columns::{InstantColumn, KeyColumn};

    models (version) {
        version -> Text,
        bank_version -> Text,
        state -> Text,
        parameters -> Text,
        created_at -> InstantColumn,
        published_at -> Nullable<InstantColumn>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::columns::{InstantColumn, KeyColumn};

    drafts (citizen_id, id) {
        citizen_id -> KeyColumn,
        id -> KeyColumn,
        revision -> BigInt,
        body -> Text,
        area_code -> Nullable<Text>,
        hamlet_code -> Nullable<Text>,
        updated_at -> InstantColumn,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::columns::{InstantColumn, KeyColumn};

    attempts (citizen_id, id) {
        citizen_id -> KeyColumn,
        id -> KeyColumn,
        state -> SmallInt,
        form_id -> Text,
        bank_version -> Text,
        mode -> SmallInt,
        supervised -> Bool,
        language -> Text,
        area_code -> Nullable<Text>,
        hamlet_code -> Nullable<Text>,
        helper_id -> Nullable<KeyColumn>,
        campaign -> Nullable<Text>,
        plan -> Nullable<Text>,
        revision -> BigInt,
        flags -> SmallInt,
        client_started_at -> InstantColumn,
        client_submitted_at -> InstantColumn,
        client_sent_at -> Nullable<InstantColumn>,
        received_at -> InstantColumn,
        taken_at -> InstantColumn,
        content_sha256 -> Binary,
        answers -> Binary,
        overall_level -> SmallInt,
        level_1 -> SmallInt,
        level_2 -> SmallInt,
        level_3 -> SmallInt,
        level_4 -> SmallInt,
        level_5 -> SmallInt,
        level_6 -> SmallInt,
        level_7 -> SmallInt,
        level_8 -> SmallInt,
        level_9 -> SmallInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::columns::{InstantColumn, KeyColumn};

    profiles (citizen_id, id) {
        citizen_id -> KeyColumn,
        id -> KeyColumn,
        attempt_id -> KeyColumn,
        model_version -> Text,
        taken_at -> InstantColumn,
        mode -> SmallInt,
        answered -> SmallInt,
        partial -> Bool,
        estimates -> Binary,
        created_at -> InstantColumn,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::columns::{InstantColumn, KeyColumn};

    current_profiles (citizen_id) {
        citizen_id -> KeyColumn,
        overall_profile_id -> KeyColumn,
        bands_profile_id -> KeyColumn,
        taken_at -> InstantColumn,
        mode -> SmallInt,
        area_code -> Nullable<Text>,
        hamlet_code -> Nullable<Text>,
        sex -> Nullable<Text>,
        birth_year -> Nullable<SmallInt>,
        consents -> SmallInt,
        overall_level -> SmallInt,
        level_1 -> SmallInt,
        level_2 -> SmallInt,
        level_3 -> SmallInt,
        level_4 -> SmallInt,
        level_5 -> SmallInt,
        level_6 -> SmallInt,
        level_7 -> SmallInt,
        level_8 -> SmallInt,
        level_9 -> SmallInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::columns::{InstantColumn, KeyColumn};

    journal (sequence) {
        sequence -> BigInt,
        at -> InstantColumn,
        actor_id -> Nullable<KeyColumn>,
        action -> Text,
        object_id -> Text,
        area_code -> Nullable<Text>,
        detail -> Text,
        request_id -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::columns::{InstantColumn, KeyColumn};

    journal_subjects (citizen_id, journal_sequence) {
        citizen_id -> KeyColumn,
        journal_sequence -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(sessions, refresh_tokens);
