// Connection tests in stages, against real registries: an unsaved form, a credential, a repository; a
// wrong password, a closed port, a certificate of an unknown authority.

import { randomUUID } from "node:crypto";
import type { Locator } from "@playwright/test";
import { LOGIN, expect, newPerson, test } from "../harness/fixtures.ts";
import { Hawser } from "../harness/hawser.ts";
import type { Person } from "../harness/person.ts";
import { freePort } from "../harness/process.ts";
import { TlsRegistry } from "../harness/tls.ts";

const unique = (name: string) => `${name}-${randomUUID().slice(0, 8)}`;

const STAGES = ["URL", "Host name", "Connection", "Certificate", "Challenge", "Login", "List", "Pull"];

function stage(person: Person, name: string): Locator {
  return person.main.locator(`[data-stage="${name}"]`);
}

/** Presses the button and waits for the result. */
async function testConnection(person: Person, result: string | RegExp): Promise<void> {
  await person.button("Test connection").click();
  await expect(person.main.locator("[data-test-summary]")).toContainText(result, { timeout: 30_000 });
}

/** Every stage before `failed` passed or was not needed, and none after it was reached. */
async function expectFailedAt(person: Person, failed: string, cause: string): Promise<void> {
  await expect(stage(person, failed)).toHaveAttribute("data-state", "Failed");
  await expect(stage(person, failed)).toContainText(cause);
  for (const name of STAGES.slice(0, STAGES.indexOf(failed))) {
    await expect(stage(person, name)).toHaveAttribute("data-state", /^(Passed|Skipped)$/);
  }
  for (const name of STAGES.slice(STAGES.indexOf(failed) + 1)) {
    await expect(stage(person, name)).toHaveAttribute("data-state", "Skipped");
  }
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a credential is tested before it is stored", async ({ person, registries }) => {
      registries.setPassword(LOGIN.password);
      const name = unique("unsaved");
      await person.fillCredential({ name, username: LOGIN.user, password: "not the password", description: "kept remark" });
      await person.field("Repository URL to test with").fill(`oci://${registries.basic.host}/team-0`);
      const address = person.page.url();
      await testConnection(person, "Test failed at Login. Nothing was stored.");
      await expectFailedAt(person, "Login", "401 Unauthorized: invalid credentials");
      await expect(stage(person, "Login")).toContainText("HTTP 401");
      await expect(stage(person, "Login").getByRole("link", { name: "Go to Password" })).toHaveAttribute("href", "#field-password");
      // What was typed is still there; the server sends no password back.
      await expect(person.field("Name")).toHaveValue(name);
      await expect(person.field("Username")).toHaveValue(LOGIN.user);
      await expect(person.field("Description")).toHaveValue("kept remark");
      await expect(person.field("Password")).toHaveValue(javaScriptEnabled ? "not the password" : "");
      if (javaScriptEnabled) expect(person.page.url()).toBe(address);
      else await expect(person.main).toContainText("type it again");

      await person.field("Password").fill(LOGIN.password);
      await testConnection(person, "The connection works. Nothing was stored.");
      await expect(person.main.locator('[data-stage][data-state="Failed"]')).toHaveCount(0);
      for (const passed of ["Connection", "Challenge", "Login", "List", "Pull"]) {
        await expect(stage(person, passed)).toHaveAttribute("data-state", "Passed");
      }
      await person.open(`/credentials?search=${name}`);
      await expect(person.main.locator("tbody tr").filter({ hasText: name })).toHaveCount(0);
    });

    test("a stored credential is tested at each of its repositories", async ({ person, registries }) => {
      registries.setPassword(LOGIN.password);
      const name = unique("tested");
      const [first, second] = [unique("first"), unique("second")];
      await person.addCredential({ name, username: LOGIN.user, password: LOGIN.password });
      const path = await person.credentialPath(name);
      await person.addRepository({ url: `oci://${registries.basic.host}/team-3`, name: first, credential: name });
      await person.addRepository({ url: `oci://${registries.token.host}/team-3`, name: second, credential: name });
      await person.openTab(path, "connection");
      await testConnection(person, "The connection works at 2 repositories.");
      registries.basic.setPassword("somewhere else");
      await person.openTab(path, "connection");
      await testConnection(person, "1 of 2 repositories failed.");
      const failed = person.main.locator("details.test", { hasText: first });
      await expect(failed.locator('[data-stage="Login"], [data-stage="List"]').filter({ hasText: "401 Unauthorized" })).toHaveCount(1);
      registries.basic.setPassword(LOGIN.password);
    });

    test("a repository is tested with the credential it is linked to", async ({ person, registries }) => {
      registries.setPassword(LOGIN.password);
      const [name, repository] = [unique("linked"), unique("repository")];
      await person.addCredential({ name, username: LOGIN.user, password: LOGIN.password });
      await person.addRepository({ url: `http://${registries.helm.host}/stable`, name: repository, credential: name });
      const path = await person.repositoryPath(repository);
      await person.openTab(path, "connection");
      await testConnection(person, "The connection works.");
      await expect(stage(person, "Pull")).toHaveAttribute("data-state", "Passed");
      registries.helm.setPassword("somewhere else");
      await person.openTab(path, "connection");
      await testConnection(person, "Test failed");
      const fix = person.main.locator(".stage-cause").getByRole("link", { name: "Update the credential" });
      await expect(fix).toHaveAttribute("href", /\/credentials\/[^/]+\?tab=versions#field-password$/);
      await fix.click();
      await expect(person.main.getByRole("heading", { level: 1 })).toHaveText(name);
      registries.helm.setPassword(LOGIN.password);
    });

    test("a repository is tested before it is added", async ({ person, registries }) => {
      registries.setPassword(LOGIN.password);
      const name = unique("not-added");
      await person.fillRepository({ url: `http://${registries.helm.host}/stable`, name });
      await testConnection(person, "Nothing was stored.");
      await expect(person.main.locator(".stage-cause")).toContainText("401 Unauthorized: authentication required");
      await expect(person.field("Name")).toHaveValue(name);
      await person.open(`/charts/repositories?search=${name}`);
      await expect(person.main.locator("tbody tr").filter({ hasText: name })).toHaveCount(0);
    });
  });
}

test("a closed port, a name that does not resolve and an unknown authority are told apart", async ({ browser }) => {
  test.setTimeout(120_000);
  const tls = await TlsRegistry.start(LOGIN.user, LOGIN.password);
  const closed = `127.0.0.1:${await freePort()}`;
  const hawser = await Hawser.start([tls, { host: closed }]);
  try {
    const person = await newPerson(browser, hawser);
    await person.setUp(await hawser.setUpLink());
    await person.addCredential({ name: "private", username: LOGIN.user, password: LOGIN.password });

    await test.step("closed port", async () => {
      await person.fillRepository({ url: `https://${closed}/charts`, name: "closed" });
      await testConnection(person, "Test failed at Connection.");
      await expectFailedAt(person, "Connection", "Connection refused");
      await expect(stage(person, "Connection")).toContainText("firewall and the network access");
    });

    await test.step("no such host", async () => {
      await person.fillRepository({ url: "https://charts.nowhere.invalid/stable", name: "nowhere" });
      await testConnection(person, "Test failed at Host name.");
      await expectFailedAt(person, "Host name", "Host name not found");
    });

    await test.step("address that is not allowed", async () => {
      await person.fillRepository({ url: "https://10.0.0.1/charts", name: "refused" });
      await testConnection(person, "Test failed");
      await expect(person.main.locator(".stage-cause")).toContainText("Address not allowed");
    });

    await test.step("unknown authority", async () => {
      await person.fillRepository({ url: `oci://${tls.host}/team`, name: "private-charts", credential: "private" });
      await person.send();
      await person.allowIfAsked();
      await expect(async () => {
        await person.open("/charts/repositories?search=private-charts");
        await expect(person.row("private-charts")).toContainText("Certificate not trusted", { timeout: 500 });
      }).toPass({ timeout: 30_000 });
      await person.openTab(await person.repositoryPath("private-charts"), "connection");
      await testConnection(person, "Test failed at Certificate.");
      await expectFailedAt(person, "Certificate", "Certificate not trusted");
      await expect(person.main).toContainText("CN=Hawser end2end authority");
      await expect(person.main.locator(".fingerprint")).toContainText(new RegExp(tls.authority.fingerprint, "i"));
    });

    await test.step("the authority is added", async () => {
      await person.main.locator(".stage-cause").getByRole("link", { name: "Add its authority to the repository" }).click();
      const authorities = person.field("Certificate authorities");
      if (!await authorities.isVisible()) await person.main.getByText("Certificates and proxy").click();
      await authorities.fill(tls.authority.pem);
      await person.button("Test before saving").click();
      await expect(person.main.locator("[data-test-summary]").last()).toContainText("The connection works. Nothing was stored.");
      await person.button("Save").click();
      await expect(person.main).toContainText("Saved.");
      await person.openTab(await person.repositoryPath("private-charts"), "connection");
      await testConnection(person, "The connection works.");
      await expect(async () => {
        await person.open("/charts/repositories?search=private-charts");
        await expect(person.row("private-charts")).toContainText("Healthy", { timeout: 500 });
      }).toPass({ timeout: 30_000 });
    });

    await test.step("a key is no authority", async () => {
      await person.openTab(await person.repositoryPath("private-charts"), "settings");
      await person.field("Certificate authorities").fill("-----BEGIN PRIVATE KEY-----\nMII");
      await person.button("Save").click();
      await expect(person.field("Certificate authorities")).toHaveAttribute("aria-invalid", "true");
    });
    await person.page.context().close();
  } finally {
    await hawser.stop();
    await tls.stop();
  }
});

test("a test that takes a while shows that it is going on", async ({ person, registries }) => {
  registries.setPassword(LOGIN.password);
  registries.setDelay(700);
  try {
    await person.fillRepository({ url: `http://${registries.helm.host}/stable`, name: unique("slow") });
    await person.button("Test connection").click();
    await expect(person.main.getByText("Testing the connection…")).toBeVisible();
    await expect(person.main.locator("[data-test-summary]")).toBeVisible({ timeout: 30_000 });
    await expect(person.main.getByText("Testing the connection…")).toHaveCount(0);
  } finally {
    registries.setDelay(0);
  }
});
