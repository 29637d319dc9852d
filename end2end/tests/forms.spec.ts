// Bad input and conflicts: a clear message, and nothing that was typed is lost.

import { randomUUID } from "node:crypto";
import { LOGIN, expect, newPerson, test } from "../harness/fixtures.ts";
import { ACCOUNT, Person } from "../harness/person.ts";

const unique = (name: string) => `${name}-${randomUUID().slice(0, 8)}`;

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a form with mistakes keeps what was typed", async ({ person }) => {
      await person.fillCredential({ name: "x".repeat(256), username: "ada", password: "secret", description: "kept remark" });
      await person.button("Create").click();
      await expect(person.main).toContainText("Too long: 256 bytes");
      await expect(person.field("Username")).toHaveValue("ada");
      await expect(person.field("Description")).toHaveValue("kept remark");
      await expect(person.field("Name")).toHaveValue("x".repeat(256));
      // What is wrong is said at the field itself.
      const name = person.field("Name");
      await expect(name).toHaveAttribute("aria-invalid", "true");
      const describedBy = await name.getAttribute("aria-describedby");
      expect(describedBy).toBeTruthy();
      await expect(person.page.locator(`#${describedBy?.split(" ")[0]}`)).toBeAttached();
      // The server sends no password back; the browser that never left the page still has it.
      await expect(person.field("Password")).toHaveValue(javaScriptEnabled ? "secret" : "");
    });

    test("two names that differ by case are one name", async ({ person }) => {
      const name = unique("harbor");
      await person.addCredential({ name, username: "ada", password: "secret" });
      await person.fillCredential({ name: name.toUpperCase(), username: "grace", password: "secret" });
      await person.button("Create").click();
      await expect(person.page).toHaveURL(/\/credentials/);
      await expect(person.field("Username")).toHaveValue("grace");
      await expect(person.field("Name")).toHaveAttribute("aria-invalid", "true");
      await person.open(`/credentials?search=${name}`);
      await expect(person.main.locator("tbody tr")).toHaveCount(1);
    });

    test("URLs that must not be stored are refused with the reason", async ({ person }) => {
      for (const url of ["https://ada:secret@charts.example.com/stable", "ftp://charts.example.com", "not a url", `https://charts.example.com/${"a".repeat(8_192)}`]) {
        const name = unique("bad-url");
        await person.fillRepository({ url, name });
        await person.send();
        await expect(person.field("URL")).toHaveAttribute("aria-invalid", "true");
        await expect(person.field("Name")).toHaveValue(name);
        await person.open(`/charts/repositories?search=${name}`);
        await expect(person.main.locator("tbody tr").filter({ hasText: name })).toHaveCount(0);
      }
    });

    test("a linked credential is not deleted until its repositories have another", async ({ person, registries }) => {
      registries.setPassword(LOGIN.password);
      const [first, second, repository] = [unique("first"), unique("second"), unique("repository")];
      await person.addCredential({ name: first, username: LOGIN.user, password: LOGIN.password });
      await person.addCredential({ name: second, username: LOGIN.user, password: LOGIN.password });
      await person.addRepository({ url: `http://${registries.helm.host}/stable`, name: repository, credential: first });
      const path = await person.credentialPath(first);
      await person.open(`${path}/delete`);
      // It says what would break.
      await expect(person.main).toContainText(repository);
      await person.button("Delete").click();
      await person.openTab(path, "settings");
      await expect(person.field("Name")).toHaveValue(first);

      await person.open(`${path}/delete`);
      await person.main.getByRole("radio", { name: /another credential/ }).check();
      await person.choose("Replacement", second);
      await person.button("Delete").click();
      await expect(person.page).toHaveURL(/\/credentials(\?|$)/);
      await expect(person.row(first)).toHaveCount(0);
      await person.openTab(await person.repositoryPath(repository), "settings");
      await expect(person.field("Credential").locator("option:checked")).toContainText(second);
    });

    test("the second of two people is told that the first one was faster", async ({ person, hawser, browser }) => {
      const name = unique("shared");
      await person.addCredential({ name, username: "ada", password: "secret" });
      const path = await person.credentialPath(name);
      const other = await newPerson(browser, hawser, { javaScriptEnabled });
      await other.page.context().addCookies(await person.page.context().cookies());
      await other.openTab(path, "settings");
      await person.openTab(path, "settings");
      await person.field("Description").fill("the first change");
      await person.button("Save").click();
      await other.field("Description").fill("the second change");
      await other.button("Save").click();
      await expect(other.main).toContainText("An earlier change of yours was stored meanwhile");
      await expect(other.field("Description")).toHaveValue("the second change");
      // Both tabs are of one session, so the message is waited for before the other tab opens a page.
      await expect(other.main).toContainText("Description: now the first change, yours the second change");
      await person.openTab(path, "settings");
      await expect(person.field("Description")).toHaveValue("the first change");
      // An ordinary save stays refused: only the other button saves over somebody.
      await other.button("Save").click();
      // The page says so already, and a form that waits for its answer ignores every button.
      await expect(other.page.locator("form[data-busy]")).toHaveCount(0);
      await expect(other.main).toContainText("Description: now the first change");
      await other.button("Save mine anyway").click();
      await expect(other.main).toContainText("Saved.");
      await person.openTab(path, "settings");
      await expect(person.field("Description")).toHaveValue("the second change");

      // Of a secret nothing is told, and nothing comes back.
      await other.openTab(path, "versions");
      await person.field("Description").fill("the third change");
      await person.button("Save").click();
      await expect(person.main).toContainText("Saved.");
      await other.field("Password").fill("canary-typed-once");
      await other.button("Save").click();
      await expect(other.main).toContainText("Secrets are not shown");
      await expect(other.page.locator("form[data-busy]")).toHaveCount(0);
      await expect(other.field("Password")).toHaveValue(javaScriptEnabled ? "canary-typed-once" : "");
      expect(await other.page.content()).not.toContain("canary-typed-once");
      await other.page.context().close();
    });

    test("an empty password field keeps the stored password", async ({ person, registries }) => {
      registries.setPassword(LOGIN.password);
      const [name, repository] = [unique("kept"), unique("repository")];
      await person.addCredential({ name, username: LOGIN.user, password: LOGIN.password });
      await person.addRepository({ url: `oci://${registries.basic.host}/team-5`, name: repository, credential: name });
      await person.openTab(await person.credentialPath(name), "versions");
      await person.button("Save").click();
      await expect(person.main).toContainText("Saved.");
      await person.open(await person.repositoryPath(repository));
      await person.button("Sync now").click();
      await expect(async () => {
        await person.open(`/charts/repositories?search=${repository}`);
        await expect(person.row(repository)).toContainText("Healthy", { timeout: 500 });
      }).toPass({ timeout: 30_000 });
    });
  });
}

test("a new address suspends the link until it is allowed", async ({ person, registries }) => {
  registries.setPassword(LOGIN.password);
  const [name, repository] = [unique("suspended"), unique("moved")];
  await person.addCredential({ name, username: LOGIN.user, password: LOGIN.password });
  await person.addRepository({ url: `oci://${registries.basic.host}/team-1`, name: repository, credential: name });
  const path = await person.repositoryPath(repository);
  await person.openTab(path, "settings");
  const asked = registries.token.door.requests.length;
  await person.field("URL").fill(`oci://${registries.token.host}/team-1`);
  // Enter agrees to nothing; the button would say what it allows.
  await person.field("URL").press("Enter");
  await expect(person.main).toContainText("Saved.");
  await expect(async () => {
    await person.openTab(path, "settings");
    await expect(person.main).toContainText(/suspended/i, { timeout: 500 });
  }).toPass({ timeout: 20_000 });
  const sent = registries.token.door.requests.slice(asked);
  expect(sent.filter(({ status }) => status === 200), "nothing was opened with the credential").toHaveLength(0);
  await person.choose("Credential", name);
  await person.saveRepository();
  await expect(async () => {
    await person.open(`/charts/repositories?search=${repository}`);
    await expect(person.row(repository)).toContainText("Healthy", { timeout: 500 });
  }).toPass({ timeout: 30_000 });
});

test("addresses that are not allowed are not asked", async ({ person, hawser }) => {
  for (const url of ["http://10.0.0.1/charts", "https://169.254.169.254/latest", `http://127.0.0.1:${hawser.port}/`]) {
    const name = unique("refused");
    await person.fillRepository({ url, name });
    await person.send();
    // The form says so at once, or the row does after the first try.
    await expect(async () => {
      if (person.page.url().includes("/new")) {
        await expect(person.main.locator(".problem, [role=alert]").filter({ hasText: "private, reserved or plain http" }).first()).toBeVisible({ timeout: 500 });
      } else {
        await person.open(`/charts/repositories?search=${name}`);
        await expect(person.row(name)).toContainText("Address not allowed", { timeout: 500 });
      }
    }).toPass({ timeout: 20_000 });
  }
});

test("long passwords and JSON keys with line breaks are stored", async ({ person }) => {
  const long = unique("long");
  await person.addCredential({ name: long, username: "ada", password: "p".repeat(65_536) });
  const key = unique("json-key");
  await person.addCredential({
    name: key, username: "", provider: "google_artifact_registry", shape: "google_key",
    password: '{\n  "type": "service_account",\n  "client_email": "charts@acme.iam.gserviceaccount.com",\n  "private_key": "-----BEGIN PRIVATE KEY-----\\nAA==\\n-----END PRIVATE KEY-----"\n}\n',
  });
  await person.fillCredential({ name: unique("too-long"), username: "ada", password: "p".repeat(65_537) });
  await person.button("Create").click();
  await expect(person.main).toContainText("the limit is 65,536");
});

test("credentials that fit the host of the typed URL stand first", async ({ person }) => {
  const name = unique("fits-ghcr");
  await person.addCredential({ name, provider: "ghcr", username: "ada", password: "not used" });
  await person.open("/charts/repositories/new");
  // The groups of a closed drop-down have no role that a locator could find.
  const fitting = person.field("Credential").locator('optgroup[label="Fits the host"]');
  await expect(fitting).toHaveCount(0);
  await person.page.waitForFunction(() => document.documentElement.dataset.awake !== undefined);
  await person.field("URL").fill("oci://ghcr.io/acme/charts");
  await person.field("Name").fill(unique("fitting"));
  await expect(fitting).toContainText(name);
});

test("a session that ended costs nothing that was typed", async ({ person }) => {
  const name = unique("signed-out");
  await person.fillCredential({ name, username: "ada", password: "typed once" });
  await person.page.waitForFunction(() => document.documentElement.dataset.awake !== undefined);
  await person.page.context().clearCookies();
  await person.button("Create").click();
  const [other] = await Promise.all([
    person.page.context().waitForEvent("page"),
    person.main.getByRole("alert").getByRole("link", { name: "Sign in in a new tab" }).click(),
  ]);
  await new Person(other, person.origin).signIn();
  await expect(other).not.toHaveURL(/\/sign-in/);
  await other.close();
  await expect(person.field("Password")).toHaveValue("typed once");
  await person.button("Create").click();
  await expect(person.page).not.toHaveURL(/\/credentials\/new/);
  await expect(person.main.getByRole("heading", { level: 1 })).toHaveText(name);
});

test("a secret in a typed URL does not stay in the address", async ({ person }) => {
  await person.fillRepository({ url: "https://ada:s3cret@ghcr.io/acme", name: unique("careless") });
  await person.button(/^Add a new credential/).click();
  await expect(person.page).toHaveURL(/\/credentials\/new\?provider=ghcr/);
  expect(person.page.url()).not.toContain("s3cret");
});

test("a credential can be added in the middle of adding a repository", async ({ person, registries }) => {
  registries.setPassword(LOGIN.password);
  const [name, repository] = [unique("on-the-way"), unique("interrupted")];
  await person.fillRepository({ url: `http://${registries.helm.host}/stable`, name: repository });
  await person.button(/^Add a new credential/).click();
  await expect(person.page).toHaveURL(/\/credentials\/new/);
  // Nobody knows this host, so the provider is chosen by hand.
  await person.main.getByRole("link", { name: /Other registry/ }).click();
  await person.field("Name").fill(name);
  await person.field("Username").fill(LOGIN.user);
  await person.field("Password").fill(LOGIN.password);
  await person.button("Create").click();
  await expect(person.page).toHaveURL(/\/charts\/repositories\/new/);
  await expect(person.field("URL")).toHaveValue(`http://${registries.helm.host}/stable`);
  await expect(person.field("Name")).toHaveValue(repository);
  await expect(person.field("Credential").locator("option:checked")).toContainText(name);
  await person.send();
  await expect(async () => {
    await person.open(`/charts/repositories?search=${repository}`);
    await expect(person.row(repository)).toContainText("Healthy", { timeout: 500 });
  }).toPass({ timeout: 30_000 });
});

test("a wrong password and an unknown address are answered alike, and the link works once", async ({ page, hawser }) => {
  const person = new Person(page, hawser.origin);
  const answers: string[] = [];
  for (const email of [ACCOUNT.email, "nobody@example.com"]) {
    await person.open("/sign-in");
    // The script and the browser itself show a refusal in different places.
    await page.waitForFunction(() => document.documentElement.dataset.awake !== undefined);
    await person.field("Email").fill(email);
    await person.field("Password").fill("not the password");
    await person.button("Sign in").click();
    await expect(person.main.getByRole("alert").first()).toBeVisible();
    answers.push(await person.main.getByRole("alert").first().innerText());
    await expect(person.field("Email")).toHaveValue(email);
  }
  expect(answers[0]).toBe(answers[1]);
  await page.goto(await hawser.setUpLink());
  await expect(page.locator('input[type="password"]')).toHaveCount(0);
  await person.open("/credentials");
  await expect(page).toHaveURL(/\/sign-in/);
});
