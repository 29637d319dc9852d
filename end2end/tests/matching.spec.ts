// Which credential belongs to a URL: patterns, projects, sharing, the page that explains it, and
// repositories that leave the choice to Hawser.

import { randomUUID } from "node:crypto";
import { LOGIN, expect, newPerson, test } from "../harness/fixtures.ts";
import { Hawser } from "../harness/hawser.ts";
import type { Person } from "../harness/person.ts";

const unique = (name: string) => `${name}-${randomUUID().slice(0, 8)}`;

interface Placed {
  name: string;
  pattern: string;
  kind?: "exact" | "regex";
  project?: string;
  environment?: string;
  password?: string;
}

/** Adds a credential with everything under "Matching and expiry". */
async function addPlaced(person: Person, { name, pattern, kind, project, environment, password }: Placed): Promise<void> {
  await person.fillCredential({ name, username: LOGIN.user, password: password ?? LOGIN.password });
  await person.main.getByText("Matching and expiry").first().click();
  await person.field("URL pattern").fill(pattern);
  await person.field("Match").selectOption(kind ?? "exact");
  if (project) await person.choose("Project", project);
  if (environment) await person.choose("Environment", environment);
  await person.button("Create").click();
  await expect(person.page).not.toHaveURL(/\/credentials\/new/);
}

async function addProject(person: Person, name: string): Promise<void> {
  await person.open("/settings/projects");
  await person.field("Name").fill(name);
  await person.send();
  await expect(person.row(name)).toBeVisible();
}

async function explain(person: Person, url: string, project?: string): Promise<void> {
  await person.open("/credentials/explain");
  await person.field("URL").fill(url);
  if (project) await person.main.getByRole("combobox", { name: "Project" }).selectOption({ label: project });
  await person.button("Explain").click();
  await expect(person.page).toHaveURL(/\/credentials\/explain\?/);
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a URL is explained: the winner, and why the others lost", async ({ person }) => {
      const host = `${randomUUID().slice(0, 8)}.example`;
      const [exact, regex, shared, other] = ["b-exact", "a-regex", "a-shared", "a-other"].map((name) => `${name}-${host}`) as [string, string, string, string];
      const project = unique("payments");
      await addProject(person, project);
      await addPlaced(person, { name: exact, pattern: `https://${host}/charts` });
      await addPlaced(person, { name: regex, pattern: `^https://${host.replaceAll(".", "\\.")}/`, kind: "regex" });
      await addPlaced(person, { name: shared, pattern: `https://${host}/charts`, project: "Shared" });
      await addPlaced(person, { name: other, pattern: `https://${host}/charts`, project });

      // A pattern alone allows no address.
      await explain(person, `https://${host}/charts`);
      await expect(person.row(exact)).toContainText("not an allowed address");
      for (const name of [exact, regex, shared, other]) await person.allowAddress(name, `https://${host}`);

      // Another spelling of the same address.
      await explain(person, `oci://${host.toUpperCase()}/charts/`);
      await expect(person.main).toContainText(`${exact} is used`);
      await expect(person.row(regex)).toContainText("an exact match comes first");
      await expect(person.row(shared)).toContainText("a credential of the project comes first");
      await expect(person.row(other)).toContainText("Belongs to another project");

      await explain(person, `https://${host}/elsewhere`);
      await expect(person.main).toContainText(`${regex} is used`);
      await expect(person.row(exact)).toContainText("does not match this URL");

      await explain(person, `https://${host}/charts`, project);
      await expect(person.main).toContainText(`${other} is used`);

      await explain(person, "https://nobody.example/charts");
      await expect(person.main).toContainText("No credential matches");
    });

    test("a pattern that cannot be compiled is refused with what was typed", async ({ person }) => {
      const name = unique("broken");
      await person.fillCredential({ name, username: "ada", password: "secret" });
      await person.main.getByText("Matching and expiry").first().click();
      await person.field("URL pattern").fill("^https://(a|b");
      await person.field("Match").selectOption("regex");
      await person.button("Create").click();
      await expect(person.field("URL pattern")).toHaveAttribute("aria-invalid", "true");
      await expect(person.field("URL pattern")).toHaveValue("^https://(a|b");
      await expect(person.field("Name")).toHaveValue(name);
    });

    test("what a shared project holds is used by others, and said to be", async ({ person }) => {
      const [project, name] = [unique("platform"), unique("robot")];
      const url = `https://${name}.example/charts`;
      await addProject(person, project);
      await addPlaced(person, { name, pattern: url, project });
      await person.allowAddress(name, url);
      await explain(person, url);
      await expect(person.main).toContainText("No credential matches");
      await person.open("/settings/projects");
      await person.row(project).getByRole("link", { name: project }).first().click();
      await expect(person.main).toContainText("Share only what may be read everywhere.");
      await person.choose("Its credentials are for", "Every project (shared)");
      await person.button("Save").click();
      await expect(person.main).toContainText("Saved.");
      await expect(person.main.locator(".head")).toContainText("Shared");
      await explain(person, url);
      await expect(person.main).toContainText(`${name} is used`);
      await expect(person.main).toContainText(`It belongs to the shared project ${project}`);
      await person.open("/settings/projects");
      await expect(person.row(project)).toContainText("Shared");
    });

    test("a project with something in it stays", async ({ person }) => {
      const [project, name] = [unique("kept"), unique("inside")];
      await addProject(person, project);
      await addPlaced(person, { name, pattern: `https://${name}.example/`, project });
      await person.open("/settings/projects");
      await expect(person.row(project)).toContainText("1");
      const href = await deletePath(person, project);
      await person.open(href);
      await expect(person.main).toContainText("It still holds 1 credential");
      const path = await person.credentialPath(name);
      await person.open(`${path}/delete`);
      await person.button("Delete").click();
      await expect(person.page).toHaveURL(/\/credentials(\?|$)/);
      await person.open(href);
      await person.button("Delete").click();
      await expect(person.main).toContainText("The project is deleted.");
      await expect(person.row(project)).toHaveCount(0);
    });
  });
}

/** The link of the row menu, which a closed menu hides. */
async function deletePath(person: Person, project: string): Promise<string> {
  const path = await person.row(project).locator('a[href$="/delete"]').getAttribute("href");
  if (!path) throw new Error(`no way to delete ${project}`);
  return path;
}

test("a repository follows the credential that matches its URL, unless a person chooses", async ({ browser, registries }) => {
  test.setTimeout(120_000);
  registries.setPassword(LOGIN.password);
  const hawser = await Hawser.start(registries.all);
  try {
    const person = await newPerson(browser, hawser);
    await person.setUp(await hawser.setUpLink());
    const url = `oci://${registries.basic.host}/team-4`;
    const healthy = async (word: string) => {
      await expect(async () => {
        await person.open("/charts/repositories?search=automatic-charts");
        await expect(person.row("automatic-charts")).toContainText(word, { timeout: 500 });
      }).toPass({ timeout: 30_000 });
    };

    await test.step("nothing matches yet", async () => {
      await person.fillRepository({ url, name: "automatic-charts", credential: "Automatic: the one that matches the URL" });
      await person.send();
      await healthy("authentication required");
      await person.open(await person.repositoryPath("automatic-charts"));
      await expect(person.main).toContainText("Automatic: no credential matches the URL");
    });

    await test.step("a matching credential is used without anybody touching the repository", async () => {
      await addPlaced(person, { name: "by-pattern", pattern: url });
      await person.allowAddress("by-pattern", url);
      await healthy("by-pattern");
      await healthy("Healthy");
      await person.open(await person.repositoryPath("automatic-charts"));
      await expect(person.main).toContainText("Automatic: it matches the URL");
      await person.openTab(await person.repositoryPath("automatic-charts"), "settings");
      await expect(person.field("Credential")).toHaveValue("automatic");
      await person.open(await person.repositoryPath("automatic-charts"));
      await person.main.getByRole("link", { name: "Why?" }).click();
      await expect(person.main).toContainText("by-pattern is used");
    });

    await test.step("a saved conflict is told", async () => {
      await addPlaced(person, { name: "a-rival", pattern: url });
      await expect(person.page.getByRole("status").filter({ hasText: "by-pattern" })).toBeVisible();
      await person.allowAddress("a-rival", url);
      await healthy("a-rival");
    });

    await test.step("a choice of a person wins, and warns when it is not made for production", async () => {
      await person.addCredential({ name: "chosen", username: LOGIN.user, password: LOGIN.password });
      await addPlaced(person, { name: "for-development", pattern: "https://dev.example/", environment: "Development" });
      const path = await person.repositoryPath("automatic-charts");
      await person.openTab(path, "settings");
      await person.choose("Credential", "chosen");
      await person.choose("Environment", "Production");
      await person.saveRepository();
      await expect(person.main).toContainText("Saved.");
      await expect(person.main).not.toContainText("is made for development");
      await person.open(path);
      await expect(person.main).toContainText("Selected manually");
      await person.openTab(path, "settings");
      await person.choose("Credential", "for-development");
      await person.saveRepository();
      await expect(person.main).toContainText("its credential is made for development");
      await person.open("/charts/repositories");
      await expect(person.row("automatic-charts")).toContainText("Development credential");
      await expect(person.row("automatic-charts")).toContainText("Production");
    });
    await person.page.context().close();
  } finally {
    await hawser.stop();
  }
});
