// The whole job on real parts: set-up link, credential, ten repositories, a password that changes at
// the registries, one update that heals all ten. Once as a browser does it, once without JavaScript.

import { LOGIN, expect, newPerson, test } from "../harness/fixtures.ts";
import { Hawser } from "../harness/hawser.ts";

for (const javaScriptEnabled of [true, false]) {
  test(`one update heals ten repositories ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({ browser, registries }) => {
    test.setTimeout(180_000);
    const passwords = [LOGIN.password, `changed ${Date.now()}`] as const;
    registries.setPassword(passwords[0]);
    const hawser = await Hawser.start(registries.all);
    try {
      const person = await newPerson(browser, hawser, { javaScriptEnabled });
      await test.step("first account", async () => {
        await person.setUp(await hawser.setUpLink());
      });
      await test.step("credential", async () => {
        await person.navigation("Credentials").click();
        await person.button("Add").click();
        await expect(person.page).toHaveURL(/\/credentials\/new/);
        const path = await person.addCredential({ name: "registry-login", username: LOGIN.user, password: passwords[0] });
        await person.openTab(path, "versions");
        await expect(person.field("Username")).toHaveValue(LOGIN.user);
        await expect(person.field("Password")).toHaveValue("");
      });
      const ten = registries.ten();
      await test.step("ten repositories, synced", async () => {
        for (const repository of ten) await person.addRepository({ ...repository, credential: "registry-login" });
        await person.untilRepositories("Healthy", 10);
        await person.open("/credentials");
        await expect(person.row("registry-login")).toContainText("10");
      });
      await test.step("charts in the catalog", async () => {
        await person.open("/charts/catalog");
        for (const chart of ["nginx", "redis", "postgresql"]) {
          await expect(person.main.getByRole("link", { name: new RegExp(chart) }).first()).toBeVisible();
        }
        await person.open("/charts/catalog?search=nginx");
        await expect(person.main.getByText("redis")).toHaveCount(0);
        await person.main.getByRole("link", { name: /nginx/ }).first().click();
        await expect(person.main).toContainText("1.0.0+build.1");
        await person.open("/charts/catalog?search=postgresql");
        await person.main.getByRole("link", { name: /postgresql/ }).first().click();
        await expect(person.main).toContainText("15.2.0");
        // Foreign text stays text.
        await expect(person.main).toContainText("<b>A database</b>");
      });
      await test.step("the registries change their password", async () => {
        registries.setPassword(passwords[1]);
        await person.syncAll();
        // Of five at one host those that ask after the third refusal find the credential paused there.
        await person.untilRepositories(/401 Unauthorized: invalid credentials|Credential paused at this host/, 10);
        const refused = person.main.locator("tbody tr").filter({ hasText: "401 Unauthorized" }).first();
        await refused.getByRole("link").first().click();
        await expect(person.main).toContainText("Verify the username and password or token");
        // The last good set of charts is kept.
        await person.open("/charts/catalog?search=nginx");
        await expect(person.main.getByRole("link", { name: /nginx/ }).first()).toBeVisible();
      });
      await test.step("one update", async () => {
        await person.changePassword("registry-login", passwords[1]);
        if (javaScriptEnabled) {
          // The page changes by itself.
          await expect(person.deliveries("Healthy")).toHaveCount(10, { timeout: 60_000 });
        } else {
          await expect(async () => {
            await person.page.reload();
            await expect(person.deliveries("Healthy")).toHaveCount(10, { timeout: 500 });
          }).toPass({ timeout: 60_000 });
        }
        await person.untilRepositories("Healthy", 10);
      });
      await test.step("the result stays in the history and in the audit log", async () => {
        await person.openTab(await person.credentialPath("registry-login"), "versions");
        await expect(person.main).toContainText("10 places healthy");
        await person.open("/audit");
        await expect(person.main).toContainText("registry-login");
      });
      await person.page.context().close();
    } finally {
      await hawser.stop();
    }
  });
}
