//! Amazon ECR and the public gallery.

use super::{Access, Guide, GuideStep, Link, open, run, say};

const USER: GuideStep = GuideStep {
    text: "Create a user for Hawser alone, without console access.",
    link: Some(Link {
        label: "New IAM user",
        href: "https://console.aws.amazon.com/iam/home#/users/create",
    }),
    command: "aws iam create-user --user-name hawser-pull",
};
const READ_POLICY: GuideStep = run(
    "Let it read the repositories. Narrow the second Resource to the repositories that Hawser needs:",
    r#"aws iam put-user-policy --user-name hawser-pull --policy-name hawser-ecr --policy-document '{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
    {
      "Effect": "Allow",
      "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability", "ecr:DescribeRepositories", "ecr:ListImages"],
      "Resource": "arn:aws:ecr:REGION:ACCOUNT:repository/*"
    }
  ]
}'"#,
);
const PUSH_POLICY: GuideStep = run(
    "Let it read and push. Narrow the second Resource to the repositories that it publishes to:",
    r#"aws iam put-user-policy --user-name hawser-pull --policy-name hawser-ecr --policy-document '{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
    {
      "Effect": "Allow",
      "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability", "ecr:DescribeRepositories", "ecr:ListImages", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage"],
      "Resource": "arn:aws:ecr:REGION:ACCOUNT:repository/*"
    }
  ]
}'"#,
);
const KEY: GuideStep = run(
    "Create an access key, and type both parts of it here. AWS shows the secret part once:",
    "aws iam create-access-key --user-name hawser-pull",
);
const READS: &str = "AmazonEC2ContainerRegistryReadOnly, or the policy below";
const WRITES: &str = "AmazonEC2ContainerRegistryPowerUser, or the policy below";
const KEY_NOTE: &str = "Hawser exchanges the key for a token of 12 hours and renews it by itself. Region and account are read from the host of each repository.";

pub(super) const fn access_key(access: Access) -> Guide {
    match access {
        Access::Read => {
            Guide { grants: READS, steps: const { &[USER, READ_POLICY, KEY] }, note: KEY_NOTE }
        }
        Access::Push => {
            Guide { grants: WRITES, steps: const { &[USER, PUSH_POLICY, KEY] }, note: KEY_NOTE }
        }
    }
}

const TRUST: GuideStep = GuideStep {
    text: "Create the role {role} with this trust policy. Replace HAWSER_PRINCIPAL_ARN by what Hawser's operator tells you.",
    link: Some(Link {
        label: "New IAM role",
        href: "https://console.aws.amazon.com/iam/home#/roles/create?trustedEntityType=CUSTOM_TRUST_POLICY",
    }),
    command: r#"aws iam create-role --role-name {role} --assume-role-policy-document '{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {"AWS": "HAWSER_PRINCIPAL_ARN"},
      "Action": "sts:AssumeRole",
      "Condition": {"StringEquals": {"sts:ExternalId": "{external_id}"}}
    }
  ]
}'"#,
};
const ROLE_READS: GuideStep = run(
    "Let the role read the repositories:",
    "aws iam attach-role-policy --role-name {role} --policy-arn arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly",
);
const ROLE_WRITES: GuideStep = run(
    "Let the role read and push:",
    "aws iam attach-role-policy --role-name {role} --policy-arn arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPowerUser",
);
const ACCOUNT: GuideStep = run(
    "Type the 12 digits of the account:",
    "aws sts get-caller-identity --query Account --output text",
);
const ROLE_NOTE: &str = "There is no key to leak or to renew. The operator of Hawser has to turn on the server's own identity (HAWSER_AMBIENT_IDENTITIES).";

pub(super) const fn role(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "AmazonEC2ContainerRegistryReadOnly",
            steps: const { &[TRUST, ROLE_READS, ACCOUNT] },
            note: ROLE_NOTE,
        },
        Access::Push => Guide {
            grants: "AmazonEC2ContainerRegistryPowerUser",
            steps: const { &[TRUST, ROLE_WRITES, ACCOUNT] },
            note: ROLE_NOTE,
        },
    }
}

const TOKEN: GuideStep = run("Print a token:", "aws ecr get-login-password --region REGION");
const TOKEN_NOTE: &str = "It expires within 12 hours, and somebody has to paste a new one. Choose Access key, and Hawser renews it by itself.";

pub(super) const fn pasted(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "AmazonEC2ContainerRegistryReadOnly for the identity that prints the token",
            steps: const {
                &[TOKEN, say("Paste the printed token as the password. Username is always AWS.")]
            },
            note: TOKEN_NOTE,
        },
        Access::Push => Guide {
            grants: "AmazonEC2ContainerRegistryPowerUser for the identity that prints the token",
            steps: const {
                &[
                    TOKEN,
                    say(
                        "Paste the printed token as the password. Username is always AWS. The token may push what its identity may push.",
                    ),
                ]
            },
            note: TOKEN_NOTE,
        },
    }
}

const PUBLIC_READ: GuideStep = run(
    "Let it ask for tokens, and nothing else:",
    r#"aws iam put-user-policy --user-name hawser-pull --policy-name hawser-ecr-public --policy-document '{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": ["ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"], "Resource": "*"}
  ]
}'"#,
);
const PUBLIC_PUSH: GuideStep = run(
    "Let it ask for tokens and push to your repositories:",
    r#"aws iam put-user-policy --user-name hawser-pull --policy-name hawser-ecr-public --policy-document '{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": ["ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"], "Resource": "*"},
    {
      "Effect": "Allow",
      "Action": ["ecr-public:BatchCheckLayerAvailability", "ecr-public:InitiateLayerUpload", "ecr-public:UploadLayerPart", "ecr-public:CompleteLayerUpload", "ecr-public:PutImage"],
      "Resource": "arn:aws:ecr-public::ACCOUNT:repository/*"
    }
  ]
}'"#,
);
const PUBLIC_NOTE: &str = "Public charts can be read without any credential. One raises the limits, and tells Amazon whom to reach.";

pub(super) const fn public_access_key(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken",
            steps: const { &[USER, PUBLIC_READ, KEY] },
            note: PUBLIC_NOTE,
        },
        Access::Push => Guide {
            grants: "ecr-public:PutImage and the uploads that belong to it",
            steps: const { &[USER, PUBLIC_PUSH, KEY] },
            note: PUBLIC_NOTE,
        },
    }
}

const PUBLIC_TOKEN: GuideStep = run(
    "Print a token. The region is always us-east-1:",
    "aws ecr-public get-login-password --region us-east-1",
);

pub(super) const fn public_pasted(access: Access) -> Guide {
    match access {
        Access::Read => Guide {
            grants: "ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken for the identity that prints the token",
            steps: const {
                &[
                    PUBLIC_TOKEN,
                    say("Paste the printed token as the password. Username is always AWS."),
                ]
            },
            note: TOKEN_NOTE,
        },
        Access::Push => Guide {
            grants: "AmazonElasticContainerRegistryPublicPowerUser for the identity that prints the token",
            steps: const {
                &[
                    PUBLIC_TOKEN,
                    say("Paste the printed token as the password. Username is always AWS."),
                    open(
                        "The token may push what its identity may push; look at the repository's permissions.",
                        "Public repositories",
                        "https://console.aws.amazon.com/ecr/public-registry/repositories?region=us-east-1",
                    ),
                ]
            },
            note: TOKEN_NOTE,
        },
    }
}
