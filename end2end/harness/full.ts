// An organization with a page full of everything, made through the forms' own addresses.

import type { HelmRepository } from "./helm.ts";
import { LOGIN } from "./fixtures.ts";
import type { Person } from "./person.ts";
import { temporaryFolder } from "./process.ts";
import { Authority } from "./tls.ts";

/** As long as a name may be, in the widest letters there are. */
export const WIDE = "W".repeat(255);

type Fields = [name: string, value: string][];

/** Sends a form as the page would, and answers where it leads to. */
async function send(person: Person, path: string, fields: Fields): Promise<string> {
  const answer = await person.page.evaluate(async ({ path, fields }) => {
    const sent = await fetch(`/actions/${path}`, {
      method: "POST", body: new URLSearchParams(fields), headers: { accept: "application/json" },
    });
    return { status: sent.status, text: await sent.text() };
  }, { path, fields });
  const next = answer.text.match(/"next":"([^"]+)"/)?.[1];
  if (next === undefined) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
  return next;
}

function idIn(path: string): string {
  const id = path.match(/[0-9a-f]{8}-[0-9a-f-]{27}/)?.[0];
  if (!id) throw new Error(`${path} names nothing`);
  return id;
}

/** A day from now, as a form takes it. */
function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

const PROVIDERS = [
  "generic_registry", "ghcr", "harbor", "docker_hub", "quay", "jfrog", "gitlab_registry", "github", "gitlab", "generic_git",
];
const ENVIRONMENTS = ["production", "staging", "dev", ""];

export interface Full {
  credential: string;
  /** One that answers. */
  repository: string;
  target: string;
  cluster: string;
  exported: string;
}

/** Fills every list with at least `rows` rows, one of them with a name as wide as names get. */
export async function fill(person: Person, helm: HelmRepository, rows: number): Promise<Full> {
  for (let n = 0; n < rows; n += 1) {
    helm.add("many", { name: `chart-${String(n).padStart(2, "0")}-with-a-longer-name`, version: `1.${n}.0`, description: `Chart number ${n}, described in a sentence that is longer than any column is wide, as descriptions are` });
  }
  const numbers = [...Array(rows).keys()];
  const named = (kind: string, n: number) => n === 1 ? WIDE : `${kind}-${String(n).padStart(2, "0")}`;
  await person.open("/credentials");
  const projects = [];
  for (const n of numbers) {
    projects.push(await send(person, "projects/save", [["name", named("project", n)]]));
  }
  const credentials: string[] = [];
  for (const n of numbers) {
    const provider = PROVIDERS[n % PROVIDERS.length] ?? "";
    const next = await send(person, "credentials/create", [
      ["provider", provider], ["shape", "password"], ["name", named("credential", n)],
      ["username", LOGIN.user], ["password", LOGIN.password], ["anyway", "yes"],
      ["environment", ENVIRONMENTS[n % 4] ?? ""], ["expires", n % 3 === 0 ? inDays(n + 1) : ""],
    ]);
    credentials.push(idIn(next));
  }
  const one = credentials[0] ?? "";
  const repositories: string[] = [];
  for (const n of numbers) {
    // Two of three are where nobody answers; the others have charts.
    const path = n % 3 === 0 ? "many" : `team-${n}/nothing-is-here/with-a-path-that-goes-on`;
    const next = await send(person, "repositories/add", [
      ["url", `http://${helm.host}/${path}`], ["name", named("repository", n)], ["kind", "helm"],
      ["credential", one], ["allow", helm.host], ["environment", ENVIRONMENTS[n % 4] ?? ""],
    ]);
    repositories.push(idIn(next));
  }
  const exports: string[] = [];
  for (const n of numbers) {
    const next = await send(person, "gitops/exports/save", [
      ["name", named("export", n)], ["consumer", "pull_secret"], ["carrier", "external_secret"],
      ["credentials[]", one], ["namespace", "apps"], ["secret_name", `pull-${n}`],
    ]);
    exports.push(idIn(next));
  }
  const git = credentials[9] ?? "";
  const targets: string[] = [];
  for (const n of numbers) {
    const next = await send(person, "gitops/targets/save", [
      ["name", named("target", n)], ["credential", git], ["url", `http://${helm.host}/acme/${n}.git`],
      ["branch", "main"], ["folder", `clusters/prod-${n}`], ["mode", "direct"], ["exports[]", exports[0] ?? ""],
    ]);
    targets.push(idIn(next));
  }
  const authority = Buffer.from(new Authority(temporaryFolder("cluster"), "Cluster").pem).toString("base64");
  const kubeconfig = JSON.stringify({
    apiVersion: "v1", kind: "Config", "current-context": "c",
    clusters: [{ name: "c", cluster: { server: `https://${helm.host}`, "certificate-authority-data": authority } }],
    contexts: [{ name: "c", context: { cluster: "c", user: "u", namespace: "apps" } }],
    users: [{ name: "u", user: { token: "t" } }],
  });
  const opens = idIn(await send(person, "credentials/create", [
    ["provider", "kubernetes"], ["shape", "kubeconfig"], ["name", "kubeconfig"], ["password", kubeconfig], ["anyway", "yes"],
  ]));
  const clusters: string[] = [];
  for (const n of numbers) {
    const next = await send(person, "gitops/clusters/save", [
      ["name", named("cluster", n)], ["credential", opens], ["exports[]", exports[0] ?? ""],
    ]);
    clusters.push(idIn(next));
  }
  for (const _ of numbers) {
    await send(person, "repositories/sync", [["ids[]", repositories[0] ?? ""], ["which", "ticked"]]);
    await person.untilText("/charts/repositories?search=repository-00", "Healthy");
  }
  return {
    credential: one, repository: repositories[0] ?? "", target: targets[0] ?? "",
    cluster: clusters[0] ?? "", exported: exports[0] ?? "",
  };
}
