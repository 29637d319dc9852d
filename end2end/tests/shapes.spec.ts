// One credential of every shape through the wizard, and an exchange with a real AWS API stand-in: three
// repositories of a registry that takes nothing but exchanged tokens.

import { execFileSync } from "node:child_process";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, newPerson, test } from "../harness/fixtures.ts";
import { Hawser } from "../harness/hawser.ts";
import { Moto } from "../harness/moto.ts";
import { temporaryFolder } from "../harness/process.ts";
import { Registry } from "../harness/registry.ts";

interface Shape {
  provider: string;
  shape: string;
  /** What is typed, by label. */
  fields: Record<string, string>;
  /** What the credential's page shows of it. */
  shown: string;
}

function privateKey(): string {
  return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function googleKey(): string {
  return JSON.stringify({
    type: "service_account", project_id: "acme-prod", private_key_id: "k1", private_key: privateKey(),
    client_email: "charts@acme-prod.iam.gserviceaccount.com", token_uri: "https://oauth2.googleapis.com/token",
  }, null, 2);
}

function certificate(): { certificate: string; key: string } {
  const folder = temporaryFolder("certificate");
  const [key, out] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=hawser", "-keyout", key, "-out", out], { stdio: "ignore" });
  const made = { certificate: readFileSync(out, "utf8"), key: readFileSync(key, "utf8") };
  rmSync(folder, { recursive: true });
  return made;
}

function kubeconfig(): string {
  return JSON.stringify({
    apiVersion: "v1", kind: "Config", "current-context": "prod",
    clusters: [{ name: "prod", cluster: { server: "https://api.cluster.example.com:6443", "certificate-authority-data": Buffer.from(pair.certificate).toString("base64") } }],
    contexts: [{ name: "prod", context: { cluster: "prod", user: "hawser-of-prod" } }],
    users: [{ name: "hawser-of-prod", user: { token: `token-${randomUUID()}` } }],
  }, null, 2);
}

const pair = certificate();
const SHAPES: Shape[] = [
  { provider: "docker_hub", shape: "password", fields: { Username: "acme", Password: "dckr_pat_abcdefghijklmnop" }, shown: "acme" },
  { provider: "generic_registry", shape: "client_certificate", fields: { Certificate: pair.certificate, "Private key": pair.key }, shown: "Client certificate" },
  { provider: "amazon_ecr", shape: "ecr_access_key", fields: { "Access key ID": "AKIAIOSFODNN7EXAMPLE", "Secret access key": "wJalrXUtnFEMI/K7MDENG", Region: "eu-west-1" }, shown: "AKIAIOSFODNN7EXAMPLE" },
  { provider: "amazon_ecr", shape: "ecr_role", fields: { Account: "123456789012", Region: "eu-west-1" }, shown: "123456789012" },
  { provider: "amazon_ecr_public", shape: "ecr_public_access_key", fields: { "Access key ID": "AKIAIOSFODNN7EXAMPLE", "Secret access key": "wJalrXUtnFEMI/K7MDENG" }, shown: "AKIAIOSFODNN7EXAMPLE" },
  { provider: "google_artifact_registry", shape: "google_key", fields: { Password: googleKey() }, shown: "charts@acme-prod.iam.gserviceaccount.com" },
  { provider: "google_artifact_registry", shape: "google_key_base64", fields: { Password: Buffer.from(googleKey()).toString("base64") }, shown: "charts@acme-prod.iam.gserviceaccount.com" },
  { provider: "google_artifact_registry", shape: "google_key_exchange", fields: { Password: googleKey() }, shown: "charts@acme-prod.iam.gserviceaccount.com" },
  { provider: "google_artifact_registry", shape: "google_workload", fields: { "Google Cloud project": "acme-prod" }, shown: "acme-prod" },
  { provider: "azure_acr", shape: "acr_service_principal", fields: { Username: "7f0c1a2e-aaaa-bbbb-cccc-123456789012", Password: "sp secret" }, shown: "7f0c1a2e" },
  { provider: "azure_acr", shape: "acr_token", fields: { Username: "charts-read", Password: "token secret" }, shown: "charts-read" },
  { provider: "azure_acr", shape: "acr_entra", fields: { Tenant: "contoso.onmicrosoft.com", "Client ID": "7f0c1a2e-aaaa-bbbb-cccc-123456789012", "Client secret": "entra secret" }, shown: "contoso.onmicrosoft.com" },
  { provider: "github", shape: "github_app", fields: { "App ID": "12345", "Installation ID": "67890", "Private key": privateKey(), Repositories: "charts\ninfra" }, shown: "67890" },
  { provider: "chainguard", shape: "pull_token", fields: { Username: "45a0cEXAMPLE/be1ed2", Password: "eyJhbGciOiJSUzI1NiJ9.e30.c2ln" }, shown: "45a0cEXAMPLE" },
  { provider: "kubernetes", shape: "kubeconfig", fields: { Kubeconfig: kubeconfig() }, shown: "hawser-of-prod" },
];

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("one credential of every shape", async ({ person }) => {
      for (const { provider, shape, fields, shown } of SHAPES) {
        const name = `${shape}-${randomUUID().slice(0, 6)}`;
        await person.open(`/credentials/new?provider=${provider}&shape=${shape}`);
        await person.field("Name").fill(name);
        for (const [label, value] of Object.entries(fields)) await person.field(label).fill(value);
        await person.button("Create").click();
        await expect(person.page, `${shape} is stored`).not.toHaveURL(/\/credentials\/new/);
        await person.open(await person.credentialPath(name));
        // Forms and facts both show what is public, and nothing of the secret.
        const text = await person.main.innerText() + (await person.main.locator("input, textarea").evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value))).join("\n");
        expect(text, `${shape} shows ${shown}`).toContain(shown);
        const html = await person.page.content();
        for (const label of ["Password", "Secret access key", "Client secret", "Private key", "Kubeconfig"]) {
          const secret = fields[label];
          if (secret) expect(html, `${shape} keeps its ${label}`).not.toContain(secret.slice(-24).trim());
        }
      }
    });

    test("a shape asks for what it needs, at the field", async ({ person }) => {
      await person.open("/credentials/new?provider=amazon_ecr&shape=ecr_access_key");
      await person.field("Name").fill("never stored");
      await person.field("Access key ID").fill("ASIAIOSFODNN7EXAMPLE");
      await person.field("Secret access key").fill("x");
      await person.button("Create").click();
      await expect(person.main).toContainText("temporary key");
      await expect(person.field("Access key ID")).toHaveValue("ASIAIOSFODNN7EXAMPLE");
      await expect(person.field("Access key ID")).toHaveAttribute("aria-invalid", "true");
    });
  });
}

test("an access key opens three repositories with one exchange", async ({ browser }) => {
  test.setTimeout(120_000);
  const moto = await Moto.start();
  const registry = await Registry.start("basic", "AWS", "not yet");
  let hawser: Hawser | undefined;
  try {
    const key = moto.accessKey();
    registry.setPassword(await moto.registryPassword(key));
    for (const team of ["a", "b", "c"]) await registry.push(team, { name: "nginx", version: "1.0.0" });
    hawser = await Hawser.start([registry, moto], { HAWSER_PROVIDER_ENDPOINTS: `ecr=http://${moto.host}` });
    const person = await newPerson(browser, hawser);
    await person.setUp(await hawser.setUpLink());
    await person.open("/credentials/new?provider=amazon_ecr&shape=ecr_access_key");
    await person.field("Name").fill("ecr");
    await person.field("Access key ID").fill(key.id);
    await person.field("Secret access key").fill(key.secret);
    await person.field("Region").fill("eu-west-1");
    await person.button("Create").click();
    await expect(person.page).not.toHaveURL(/\/credentials\/new/);
    const before = moto.exchanges;
    for (const team of ["a", "b", "c"]) {
      await person.addRepository({ url: `oci://${registry.host}/${team}`, name: `team-${team}`, credential: "ecr" });
    }
    await person.untilRepositories("Healthy", 3);
    expect(moto.exchanges - before).toBe(1);
    expect(hawser.log).not.toContain(key.secret);
    await person.page.context().close();
  } finally {
    await hawser?.stop();
    await registry.stop();
    await moto.stop();
  }
});
