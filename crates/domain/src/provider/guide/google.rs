//! Google Artifact Registry and the legacy hosts of Container Registry.

use super::{Access, Guide, GuideStep, open, run, say};

const CREATE: GuideStep = GuideStep {
    text: "Create a service account, for Hawser alone.",
    link: Some(super::Link {
        label: "New service account",
        href: "https://console.cloud.google.com/iam-admin/serviceaccounts/create",
    }),
    command: "gcloud iam service-accounts create hawser-pull --project PROJECT --display-name Hawser",
};
const READER: GuideStep = run(
    "Grant it the role Artifact Registry Reader on the repository:",
    "gcloud artifacts repositories add-iam-policy-binding REPOSITORY --project PROJECT --location REGION --role roles/artifactregistry.reader --member serviceAccount:hawser-pull@PROJECT.iam.gserviceaccount.com",
);
const WRITER: GuideStep = run(
    "Grant it the role Artifact Registry Writer on the repository:",
    "gcloud artifacts repositories add-iam-policy-binding REPOSITORY --project PROJECT --location REGION --role roles/artifactregistry.writer --member serviceAccount:hawser-pull@PROJECT.iam.gserviceaccount.com",
);
const KEY: GuideStep = GuideStep {
    text: "Open Keys → Add key → Create new key → JSON. Choose the downloaded file here, or paste all of it.",
    link: Some(super::Link {
        label: "Service accounts",
        href: "https://console.cloud.google.com/iam-admin/serviceaccounts",
    }),
    command: "gcloud iam service-accounts keys create hawser-key.json --iam-account hawser-pull@PROJECT.iam.gserviceaccount.com",
};
const BASE64: GuideStep = run(
    "Paste the file as it is, or in base64; Hawser sends it in base64:",
    "base64 --wrap=0 hawser-key.json",
);
const EXCHANGED: GuideStep = say(
    "Delete the downloaded file when Hawser has it. Registries only ever see tokens of an hour.",
);
const DELETE: GuideStep = say("Delete the downloaded file when Hawser has it.");
const READS: &str = "roles/artifactregistry.reader";
const WRITES: &str = "roles/artifactregistry.writer";
const LEGACY: &str = "The legacy hosts gcr.io and *.gcr.io work in the same way. Some organizations forbid new keys (iam.disableServiceAccountKeyCreation): use Workload identity there.";

pub(super) const fn exchanged_key(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: READS,
            steps: const { &[CREATE, READER, KEY, EXCHANGED] },
            note: LEGACY,
        },
        Access::Push => Guide {
            grants: WRITES,
            steps: const { &[CREATE, WRITER, KEY, EXCHANGED] },
            note: LEGACY,
        },
    }
}

pub(super) const fn key(access: Access) -> Guide {
    match access {
        Access::Read => {
            Guide { grants: READS, steps: const { &[CREATE, READER, KEY, DELETE] }, note: LEGACY }
        }
        Access::Push => {
            Guide { grants: WRITES, steps: const { &[CREATE, WRITER, KEY, DELETE] }, note: LEGACY }
        }
    }
}

pub(super) const fn key_base64(access: Access) -> Guide {
    const NOTE: &str = "Google discourages this form, and the legacy hosts of gcr.io do not take it. Choose JSON key, exchanged for a token, if you can.";
    match access {
        Access::Read => {
            Guide { grants: READS, steps: const { &[CREATE, READER, KEY, BASE64] }, note: NOTE }
        }
        Access::Push => {
            Guide { grants: WRITES, steps: const { &[CREATE, WRITER, KEY, BASE64] }, note: NOTE }
        }
    }
}

const WORKLOAD_CREATE: GuideStep = GuideStep {
    text: "Create the service account {service_account}. The name follows a fixed rule, so that nobody can make Hawser act as another one.",
    link: Some(super::Link {
        label: "New service account",
        href: "https://console.cloud.google.com/iam-admin/serviceaccounts/create",
    }),
    command: "gcloud iam service-accounts create {service_account} --project PROJECT --display-name Hawser",
};
const WORKLOAD_TRUST: GuideStep = run(
    "Let the identity of this server act as it. The operator of Hawser tells you the principal:",
    "gcloud iam service-accounts add-iam-policy-binding {service_account}@PROJECT.iam.gserviceaccount.com --role roles/iam.workloadIdentityUser --member 'principal://iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/subject/SUBJECT'",
);
const WORKLOAD_READER: GuideStep = run(
    "Grant it the role Artifact Registry Reader on the repository:",
    "gcloud artifacts repositories add-iam-policy-binding REPOSITORY --project PROJECT --location REGION --role roles/artifactregistry.reader --member serviceAccount:{service_account}@PROJECT.iam.gserviceaccount.com",
);
const WORKLOAD_WRITER: GuideStep = run(
    "Grant it the role Artifact Registry Writer on the repository:",
    "gcloud artifacts repositories add-iam-policy-binding REPOSITORY --project PROJECT --location REGION --role roles/artifactregistry.writer --member serviceAccount:{service_account}@PROJECT.iam.gserviceaccount.com",
);
const WORKLOAD_POOL: GuideStep = open(
    "If there is no workload identity pool yet, create one for this server.",
    "Workload identity pools",
    "https://console.cloud.google.com/iam-admin/workload-identity-pools",
);
const WORKLOAD_NOTE: &str = "There is no key to leak or to renew. The operator of Hawser has to turn on the server's own identity (HAWSER_AMBIENT_IDENTITIES).";

pub(super) const fn workload(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: READS,
            steps: const { &[WORKLOAD_POOL, WORKLOAD_CREATE, WORKLOAD_TRUST, WORKLOAD_READER] },
            note: WORKLOAD_NOTE,
        },
        Access::Push => Guide {
            grants: WRITES,
            steps: const { &[WORKLOAD_POOL, WORKLOAD_CREATE, WORKLOAD_TRUST, WORKLOAD_WRITER] },
            note: WORKLOAD_NOTE,
        },
    }
}
