//! One spelling of each variant: in the database, in forms, in addresses and in the API.

/// The spellings of an enum that derives `EnumString`, `IntoStaticStr` and `VariantArray` of strum.
#[macro_export]
macro_rules! spelled {
    ($name:ident) => {
        impl $name {
            /// Every variant, in the order they are declared in.
            pub const ALL: [Self; <Self as strum::VariantArray>::VARIANTS.len()] =
                *<Self as strum::VariantArray>::VARIANTS.first_chunk().unwrap();

            /// As the database, forms, addresses and the API spell it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                self.into()
            }

            /// Reads the spelling of [`Self::as_str`].
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::{
        AuthMethod, Cause, CredentialKind, Provider, Purpose, Role, Status,
        audit::{AuditAction, ReadPurpose},
        credentials::{
            AddressSource, CredentialOrder, CredentialState, Direction, Environment, ExpirySource,
            PatternKind,
        },
        exports::{Consumer, DeliveryMethod},
        gitops::{DestinationState, GitAccountMethod, ObjectState, PushMode, Unmerged},
        propagation::DeliveryState,
        provider::Access,
        repositories::{RepositoryKind, RepositoryOrder, RepositoryState, SyncTrigger},
    };

    /// What the spellings of a type were when rows and links with them were made.
    macro_rules! assert_spelled {
        ($($name:ident: $spellings:literal),+ $(,)?) => {$(
            let spelled = $name::ALL.map($name::as_str);
            assert_eq!(spelled.join(" "), $spellings, stringify!($name));
            for variant in $name::ALL {
                assert_eq!($name::parse(variant.as_str()), Some(variant));
            }
            assert_eq!($name::parse("something else"), None);
        )+};
    }

    #[test]
    fn what_is_stored_and_linked_keeps_its_spelling() {
        assert_spelled! {
            Access: "read push",
            AddressSource: "person upgrade",
            AuditAction: "organization_created signed_in sign_in_refused signed_out password_changed session_ended \
                credential_create_requested credential_created \
                credential_update_requested credential_updated credential_update_aborted \
                credential_described credential_deleted credential_destroyed secret_read \
                repository_added repository_changed repository_deleted \
                repository_sync_requested link_set link_removed link_suspended \
                address_allowed address_confirmed address_withdrawn address_requested \
                address_request_dismissed token_service_allowed token_service_withdrawn \
                propagation_finished credential_placed credential_rolled_back \
                candidate_stored candidate_promoted candidate_discarded \
                credential_paused credential_resumed connection_tested project_saved \
                project_deleted notice_made webhook_set export_saved export_deleted \
                export_encrypted secrets_revealed git_connected git_connection_renewed \
                git_disconnected git_target_saved git_target_deleted git_push_requested \
                git_pushed cluster_saved cluster_deleted cluster_apply_requested \
                cluster_applied member_invited invitation_renewed invitation_revoked \
                invitation_accepted invitation_declined invitation_refused invitation_void \
                member_joined member_role_changed member_suspended member_resumed \
                member_removed member_left refused",
            AuthMethod: "password client_certificate ecr_access_key ecr_role \
                ecr_public_access_key google_key google_key_base64 google_key_exchange \
                google_workload acr_service_principal acr_token acr_entra github_app \
                pull_token github_oauth github_installation kubeconfig",
            Cause: "invalid_credentials no_credential link_suspended address_not_allowed \
                insufficient_scope token_expired connection_refused connection_closed \
                dns_failure timeout tls_untrusted tls_name_mismatch tls_expired \
                blocked_address foreign_realm redirect_refused not_a_registry \
                html_instead_of_index wrong_kind not_found rate_limited server_error \
                listing_unsupported index_too_large index_invalid unsupported_token_kind \
                vault_unavailable vault_refused secret_lost credential_paused \
                ambient_disabled region_unknown exchange_refused sso_required \
                organization_restricted proxy_error client_certificate \
                connection_revoked scope_missing branch_protected push_rejected \
                branch_moved base_missing branch_missing request_closed \
                not_a_git_repository object_format file_not_ours repository_too_large \
                export_incomplete secret_in_output cluster_conflict cluster_refused \
                cluster_api_missing namespace_missing internal",
            Consumer: "pull_secret argo_cd flux kargo kyma carvel helm",
            CredentialKind: "registry git cluster",
            CredentialOrder: "name provider linked created last_used expires",
            CredentialState: "creating active updating rotating deleting destroyed lost",
            DeliveryMethod: "external_secret vault_static_secret sops none",
            DeliveryState: "waiting running healthy retrying needs_attention superseded",
            Direction: "up down",
            Environment: " dev staging production",
            ExpirySource: "typed provider",
            GitAccountMethod: "web device installation",
            ObjectState: "in_step changed missing new conflict",
            PatternKind: "none exact regex",
            Provider: "ghcr google_artifact_registry amazon_ecr amazon_ecr_public azure_acr \
                docker_hub harbor jfrog gitlab_registry quay chainguard generic_registry \
                github gitlab bitbucket generic_git kubernetes",
            Purpose: "git helm image",
            PushMode: "direct pull_request",
            ReadPurpose: "sync delivery new_repository connection_test rotation_test promotion \
                update roll_back export encrypted_file push apply cluster look_up \
                git_account write_check destruction",
            RepositoryKind: "helm oci",
            RepositoryOrder: "state name kind url credential project charts last_sync",
            RepositoryState: "new syncing healthy failing",
            Role: "owner admin editor viewer",
            Status: "paused expired failing stale out_of_sync expiring syncing not_synced \
                unused in_sync healthy",
            SyncTrigger: "changed interval person delivery",
            DestinationState: "new pushing in_step failing",
            Unmerged: "waits closed",
        }
    }
}
