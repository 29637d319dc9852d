// Staged rotation, roll back, and the pause after refusals, at real registries.

import { randomUUID } from "node:crypto";
import { LOGIN, expect, test } from "../harness/fixtures.ts";

const unique = (name: string) => `${name}-${randomUUID().slice(0, 8)}`;

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a candidate that a repository refuses waits for a person, one that passes counts at once", async ({ person, registries }) => {
      test.setTimeout(120_000);
      registries.setPassword(LOGIN.password);
      const [name, repository] = [unique("staged"), unique("repository")];
      await person.addCredential({ name, username: LOGIN.user, password: LOGIN.password });
      await person.addRepository({ url: `oci://${registries.basic.host}/team-2`, name: repository, credential: name });
      const path = await person.credentialPath(name);

      await test.step("a wrong candidate", async () => {
        await person.openTab(path, "versions");
        await person.field("Password").fill("a wrong candidate");
        await person.button("Test, then switch").click();
        await expect(person.main).toContainText(/New secret (in test|refused)/);
        // Whoever watches sees the end of it; without a script the page is loaded again.
        await expect(async () => {
          if (!javaScriptEnabled) await person.page.reload();
          await expect(person.main).toContainText("New secret refused", { timeout: 500 });
          await expect(person.main).toContainText("401 Unauthorized", { timeout: 500 });
        }).toPass({ timeout: 40_000 });
        await expect(person.button("Promote anyway")).toBeVisible();
        // The old one still counts.
        await person.open(await person.repositoryPath(repository));
        await person.button("Sync now").click();
        await expect(async () => {
          await person.open(`/charts/repositories?search=${repository}`);
          await expect(person.row(repository)).toContainText("Healthy", { timeout: 500 });
        }).toPass({ timeout: 30_000 });
        await person.openTab(path, "versions");
        await person.button("Discard").click();
        await expect(person.button("Promote anyway")).toHaveCount(0);
      });

      await test.step("a right candidate", async () => {
        const changed = `rotated ${Date.now()}`;
        // Both are right for a moment, as providers with two keys do it: here the registry follows first.
        registries.basic.setPassword(changed);
        await person.openTab(path, "versions");
        await person.field("Password").fill(changed);
        await person.button("Test, then switch").click();
        await expect(async () => {
          if (!javaScriptEnabled) await person.page.reload();
          await expect(person.main).toContainText("New secret in use", { timeout: 500 });
          await expect(person.main).toContainText("1 place healthy", { timeout: 500 });
        }).toPass({ timeout: 40_000 });
        await person.openTab(path, "versions");
        await expect(person.main).toContainText("Promoted");
      });

      await test.step("back to the first one", async () => {
        registries.basic.setPassword(LOGIN.password);
        await person.openTab(path, "versions");
        const first = person.main.getByRole("row").filter({ hasText: "Created" });
        await first.locator("summary").click();
        await first.getByRole("button", { name: /version 1/i }).click();
        await expect(async () => {
          await person.openTab(path, "versions");
          await expect(person.main).toContainText("Rolled back", { timeout: 500 });
          await person.open(`/charts/repositories?search=${repository}`);
          await expect(person.row(repository)).toContainText("Healthy", { timeout: 500 });
        }).toPass({ timeout: 40_000 });
      });
    });
  });
}

test("three refusals pause a credential at its host until somebody resumes it", async ({ person, registries }) => {
  registries.setPassword(LOGIN.password);
  const [name, repository] = [unique("refused"), unique("repository")];
  await person.addCredential({ name, username: LOGIN.user, password: "never right" });
  await person.addRepository({ url: `http://${registries.helm.host}/stable`, name: repository, credential: name });
  const sync = async (seen: RegExp) => {
    await person.open(await person.repositoryPath(repository));
    await person.button("Sync now").click();
    await expect(async () => {
      await person.open(`/charts/repositories?search=${repository}`);
      await expect(person.row(repository)).toContainText(seen, { timeout: 500 });
    }).toPass({ timeout: 30_000 });
  };
  await expect(async () => {
    await person.open(`/charts/repositories?search=${repository}`);
    await expect(person.row(repository)).toContainText("401 Unauthorized", { timeout: 500 });
    await person.open(await person.repositoryPath(repository));
    await person.button("Sync now").click();
    await person.open(`/charts/repositories?search=${repository}`);
    await expect(person.row(repository)).toContainText("Credential paused at this host", { timeout: 2_000 });
  }).toPass({ timeout: 60_000 });
  await person.open(await person.credentialPath(name));
  await expect(person.main).toContainText(registries.helm.host);
  await person.button("Resume").click();
  await sync(/401 Unauthorized/);
});
