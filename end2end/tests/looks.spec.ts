// Every page at three widths and in both themes: accessible (axe, WCAG 2.2 AA), nothing cut off, and a
// picture in results/screens/ for people to look at. Then the main job with the keyboard alone.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { LOGIN, expect, newPerson, test } from "../harness/fixtures.ts";
import { GitServer } from "../harness/git.ts";
import { Hawser } from "../harness/hawser.ts";
import { ACCOUNT, Person } from "../harness/person.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SCREENS = join(import.meta.dirname, "../results/screens");
const WIDTHS = [1440, 1280, 360];
/** For the tabs of a page whose frame is looked at in all of them. */
const OF_TABS = [1280, 360];
const THEMES = ["light", "dark"] as const;

/** Looks at one page at every width in both themes and tells what is wrong with it. */
async function look(person: Person, name: string, path: string, widths = WIDTHS): Promise<string[]> {
  const { page } = person;
  const problems: string[] = [];
  await page.goto(path.startsWith("http") ? path : person.origin + path);
  await page.waitForLoadState("load");
  // A page that wakes while it is looked at is half one page and half the other.
  await page.waitForFunction(() => document.querySelector("leptos-island") === null || "awake" in document.documentElement.dataset, undefined, { timeout: 30_000 });
  for (const width of widths) {
    for (const colorScheme of THEMES) {
      const where = `${name} ${width} ${colorScheme}`;
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      problems.push(...(await cutOff(page)).map((problem) => `${where}: ${problem}`));
      // Colours depend on the theme and order on the width: between them these three see both.
      if (width === 1280 || (width === 360 && colorScheme === "light")) {
        problems.push(...(await violations(page)).map((problem) => `${where}: ${problem}`));
      }
      await page.screenshot({ path: join(SCREENS, `${name}-${width}-${colorScheme}.png`), fullPage: true, animations: "disabled", timeout: 60_000 });
    }
  }
  return problems;
}

/** What is wider than the window or sticks out of its card, once everything has been drawn. */
async function cutOff(page: Page): Promise<string[]> {
  // What just appeared is half there while it fades in; what never ends is told instead of waited for.
  const endless = await page.evaluate(async () => {
    const late = new Promise<"late">((end) => setTimeout(end, 10_000, "late"));
    if (await Promise.race([late, new Promise((drawn) => requestAnimationFrame(drawn))]) === "late") return ["nothing is drawn"];
    const ending = document.getAnimations().filter((one) => one.playState === "running" && one.effect?.getComputedTiming().iterations !== Infinity);
    if (await Promise.race([late, Promise.allSettled(ending.map((one) => one.finished))]) !== "late") return [];
    return ending.filter((one) => one.playState === "running").map((one) => {
      const effect = one.effect as KeyframeEffect | null;
      return `an animation does not end: ${one.constructor.name} ${one.id} at ${effect?.target?.outerHTML.slice(0, 120)} ${JSON.stringify(effect?.getComputedTiming())}`;
    });
  });
  if (endless.length > 0) return endless;
  return page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    const outside = [...document.querySelectorAll(".card :is(input, select, textarea, .badge), .table-box .badge")].filter((part) => {
      const [inner, card] = [part.getBoundingClientRect(), part.closest(".card, .table-box")?.getBoundingClientRect()];
      return inner.width > 0 && card !== undefined && (inner.right > card.right + 1 || inner.left < card.left - 1);
    }).map((part) => `${part.tagName.toLowerCase()}[${part.getAttribute("name") ?? part.className}] sticks out of its card`);
    return wide > 0 ? [`${wide} px too wide`, ...outside] : outside;
  });
}

/** What axe finds. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (root: Document, options: object) => Promise<AxeResults> } };
    return axe.run(document, {
      resultTypes: ["violations", "passes"],
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
  });
  expect(found.passes.length, "axe looked at the page").toBeGreaterThan(5);
  return found.violations.map((violation) => {
    const targets = violation.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ");
    return `${violation.id} (${violation.help}) at ${targets}`;
  });
}

test("every page at every width in both themes", async ({ browser, registries }) => {
  test.setTimeout(420_000);
  registries.setPassword(LOGIN.password);
  const hawser = await Hawser.start(registries.all);
  try {
    const problems: string[] = [];
    const see = async (person: Person, name: string, path: string, widths?: number[]) => { problems.push(...await look(person, name, path, widths)); };
    const person = await newPerson(browser, hawser);
    const link = await hawser.setUpLink();
    await see(person, "set-up", link);
    await see(person, "sign-in", "/sign-in");
    await person.page.setViewportSize({ width: 1280, height: 800 });
    await person.setUp(link);

    await see(person, "credentials-empty", "/credentials");
    await see(person, "repositories-empty", "/charts/repositories");
    await see(person, "catalog-empty", "/charts/catalog");

    await person.addCredential({ name: "harbor-production", username: LOGIN.user, password: LOGIN.password, description: "Read only; owned by the platform team" });
    await person.addCredential({ name: "ghcr", username: "ada", password: "x", provider: "ghcr" });
    for (const repository of registries.ten()) await person.addRepository({ ...repository, credential: "harbor-production" });
    await person.untilRepositories("Healthy", 10);
    const changed = `changed ${Date.now()}`;
    registries.setPassword(changed);
    await person.changePassword("harbor-production", changed);
    await expect(person.deliveries("Healthy")).toHaveCount(10, { timeout: 60_000 });
    registries.helm.setPassword("another one");
    await person.syncAll();
    await person.untilRepositories(/401 Unauthorized|Credential paused/, 2);

    const credential = await person.credentialPath("harbor-production");
    const repository = await person.repositoryPath("basic-0");
    const failing = await person.repositoryPath("helm-stable");
    await person.openTab(credential, "versions");
    const update = await person.main.getByRole("link", { name: /^Version/ }).first().getAttribute("href") ?? "";
    await person.open("/charts/catalog?search=nginx");
    const chart = await person.main.getByRole("link", { name: /nginx/ }).first().getAttribute("href") ?? "";
    await see(person, "credentials", "/credentials");
    await see(person, "credential-provider", "/credentials/new");
    await see(person, "credential-new", "/credentials/new?provider=ghcr");
    await see(person, "credential-shapes", "/credentials/new?provider=amazon_ecr");
    await see(person, "credential-new-ecr", "/credentials/new?provider=amazon_ecr&shape=ecr_role");
    await see(person, "credential-new-google", "/credentials/new?provider=google_artifact_registry&shape=google_key_exchange&access=push");
    await see(person, "credential", credential);
    await see(person, "credential-update", update);
    for (const tab of ["settings", "connection", "access", "activity"]) await see(person, `credential-${tab}`, `${credential}?tab=${tab}`, OF_TABS);
    await see(person, "credential-delete", `${credential}/delete`);
    await see(person, "repositories", "/charts/repositories");
    await see(person, "repository-new", "/charts/repositories/new");
    await see(person, "repository-search", "/charts/repositories/new?search=harbor");
    await see(person, "import", "/import");
    await see(person, "repository", repository);
    await see(person, "repository-failing", failing);
    for (const tab of ["charts", "settings", "activity"]) await see(person, `repository-${tab}`, `${repository}?tab=${tab}`, OF_TABS);
    await see(person, "catalog", "/charts/catalog");
    await see(person, "chart", chart);
    await see(person, "notices", "/settings/notices");
    await see(person, "projects", "/settings/projects");
    await see(person, "explain", "/credentials/explain?url=oci%3A%2F%2Fghcr.io%2Facme");
    await see(person, "audit", "/audit");
    await see(person, "not-found", "/no/such/page");
    await person.page.context().close();
    expect(problems.join("\n")).toBe("");
  } finally {
    await hawser.stop();
  }
});

test("every page of people at every width in both themes", async ({ browser }) => {
  test.setTimeout(180_000);
  const hawser = await Hawser.start([]);
  try {
    const problems: string[] = [];
    const person = await newPerson(browser, hawser);
    const see = async (name: string, path: string, who = person) => { problems.push(...await look(who, name, path)); };
    await person.setUp(await hawser.setUpLink());
    await see("members-alone", "/settings/members");
    const links: string[] = [];
    for (const email of ["grace.hopper@example.com", "edsger@example.com", `${"x".repeat(60)}@${"long.".repeat(20)}example.com`]) {
      await person.open("/settings/members/invite");
      await person.field("Email").fill(email);
      await person.field("Role").selectOption("editor");
      await person.button("Make the link").click();
      links.push(await person.main.locator("[data-invitation-link]").innerText());
    }
    const grace = await newPerson(browser, hawser);
    await see("invitation", links[0] ?? "", grace);
    await grace.open("/invitation");
    await grace.field("Name").fill("Grace Hopper");
    await grace.field("Password").fill("correct horse battery staple");
    await grace.button("Create account and accept").click();
    await expect(grace.main).toContainText("You are in no organization");
    await see("no-organization", "/", grace);
    await see("members-waiting", "/settings/members");
    await person.open("/settings/members");
    await person.main.getByRole("listitem").filter({ hasText: "Grace" }).getByRole("button", { name: "Confirm" }).click();
    await expect(person.row("Grace Hopper")).toContainText("Editor");
    await see("members", "/settings/members");
    await see("members-as-editor", "/settings/members", grace);
    await see("member-invite", "/settings/members/invite");
    await person.open("/settings/members");
    const member = await person.row("Grace Hopper").getByRole("link").first().getAttribute("href") ?? "";
    await see("member", member);
    await see("member-remove", `${member}/remove`);
    await see("leave", "/settings/members/leave");
    await see("invitation-over", links[0] ?? "", grace);
    for (const path of ["/account", "/account/password", "/account/sessions"]) await see(path.slice(1).replace("/", "-"), path);
    await grace.page.context().close();
    await person.page.context().close();
    expect(problems.join("\n")).toBe("");
  } finally {
    await hawser.stop();
  }
});

/** Presses Tab until the element has the focus. */
async function tabTo(person: Person, name: string, target: () => ReturnType<Person["field"]>): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target().evaluate((element) => element === document.activeElement)) {
      const outline = await target().evaluate((element) => {
        const style = getComputedStyle(element);
        return style.outlineStyle !== "none" || style.boxShadow !== "none";
      });
      expect(outline, `the focus on ${name} can be seen`).toBe(true);
      return;
    }
    await person.page.keyboard.press("Tab");
  }
  throw new Error(`${name} cannot be reached with Tab`);
}

test("signing in and adding a credential with the keyboard alone", async ({ page, hawser }) => {
  const person = new Person(page, hawser.origin);
  const keys = page.keyboard;
  await person.open("/sign-in");
  await tabTo(person, "Email", () => person.field("Email"));
  await keys.type(ACCOUNT.email);
  await tabTo(person, "Password", () => person.field("Password"));
  await keys.type(ACCOUNT.password);
  await keys.press("Enter");
  await person.navigation("Credentials").waitFor();

  await person.open("/credentials");
  await tabTo(person, "Add", () => person.button("Add"));
  await keys.press("Enter");
  await expect(page).toHaveURL(/\/credentials\/new/);
  if (await person.field("Name").count() === 0) {
    const choice = () => person.main.getByRole("link", { name: /Other registry/ }).first();
    await tabTo(person, "the provider", choice);
    await keys.press("Enter");
  }
  const name = `by-keyboard-${Date.now().toString(36)}`;
  await tabTo(person, "Name", () => person.field("Name"));
  await keys.type(name);
  await tabTo(person, "Username", () => person.field("Username"));
  await keys.type("ada");
  await tabTo(person, "Password", () => person.field("Password"));
  await keys.type("secret");
  await tabTo(person, "Create", () => person.button("Create"));
  await keys.press("Enter");
  await expect(page).not.toHaveURL(/\/credentials\/new/);
  await person.open("/credentials");
  await expect(person.row(name)).toBeVisible();
});

test("every page of GitOps at every width in both themes", async ({ browser, registries }) => {
  test.setTimeout(420_000);
  registries.setPassword(LOGIN.password);
  const git = await GitServer.start(LOGIN.user, LOGIN.password);
  git.create("gitops");
  git.create("refused");
  git.hook("refused", "echo 'sign your commits, please'; exit 1");
  const hawser = await Hawser.start([...registries.all, git], { HAWSER_CLUSTERS: "on" });
  try {
    const problems: string[] = [];
    const person = await newPerson(browser, hawser);
    const see = async (name: string, path: string, widths?: number[]) => { problems.push(...await look(person, name, path, widths)); };
    await person.setUp(await hawser.setUpLink());
    await see("gitops-empty", "/gitops");
    await see("exports-empty", "/gitops/exports");
    await see("connections-empty", "/gitops/connections");
    await see("clusters-empty", "/gitops/clusters");
    await person.addCredential({ name: "harbor-production", username: LOGIN.user, password: LOGIN.password });
    await person.addCredential({ name: "gitops-writer", username: LOGIN.user, password: LOGIN.password, provider: "generic_git" });
    await person.addRepository({ url: `oci://${registries.basic.host}/team-0`, name: "platform-charts", credential: "harbor-production" });
    await person.untilRepositories("Healthy", 1);
    const exported = await person.addExport({ name: "pull-secret-production", consumer: "pull_secret", pick: "harbor-production" });
    const flux = await person.addExport({ name: "flux-sources", consumer: "flux", pick: "platform-charts", carrier: "Vault Secrets Operator", fields: { Charts: "web@>=1.0.0 <2.0.0" } });
    const installs = { "Packages to install": "prometheus.example.com@2.x, cert-manager.example.com", "Service account for packages": "installer" };
    const carvel = await person.addExport({ name: "carvel-everywhere", consumer: "carvel", pick: "harbor-production", fields: { "Export to namespaces": "*", ...installs } });
    const sealed = await person.addExport({ name: "sealed-production", consumer: "kyma", pick: "harbor-production", carrier: "SOPS", fields: { "Label value": "our-modules", "age recipients": "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p" } });
    const target = await person.addTarget({ url: git.url("gitops"), name: "production-cluster", credential: "gitops-writer", exported: "pull-secret-production" });
    await see("target-preview", `${target}/preview`);
    await person.open(target);
    await person.button("Sync now").click();
    await person.untilText(target, "In sync");
    const failing = await person.addTarget({ url: git.url("refused"), name: "staging-cluster", credential: "gitops-writer", exported: "flux-sources" });
    await person.button("Sync now").click();
    await person.untilText(failing, "Push rejected");
    await see("gitops", "/gitops");
    await see("target", target);
    await see("target-failing", failing);
    for (const tab of ["files", "settings"]) await see(`target-${tab}`, `${target}?tab=${tab}`, OF_TABS);
    await see("target-new", "/gitops/targets/new");
    await see("target-delete", `${target}/delete`);
    await see("exports", "/gitops/exports");
    await see("export-consumers", "/gitops/exports/new");
    for (const consumer of ["pull_secret", "argo_cd", "flux", "kargo", "kyma", "carvel", "helm"]) {
      await see(`export-new-${consumer}`, `/gitops/exports/new?consumer=${consumer}`);
    }
    await see("export", exported);
    await see("export-flux", flux);
    await see("export-files", `${flux}?tab=files`, OF_TABS);
    await see("export-settings", `${flux}?tab=settings`, OF_TABS);
    await see("export-sealed", sealed);
    await see("export-carvel", carvel);
    await see("export-delete", `${exported}/delete`);
    await see("connections", "/gitops/connections");
    await see("cluster-new", "/gitops/clusters/new");
    await see("check-kyma", "/gitops/check/kyma");
    await see("check-carvel", "/gitops/check/carvel");
    await see("check-carvel-shop", "/gitops/check/carvel?namespace=shop");
    await see("credential-uses", await person.credentialPath("harbor-production"));
    await see("credential-new-kubernetes", "/credentials/new?provider=kubernetes");
    await person.page.context().close();
    expect(problems.join("\n")).toBe("");
  } finally {
    await hawser.stop();
    await git.stop();
  }
});
