// The first page: it tells of a broken credential as it fails, and leads to its mend in two clicks.

import { LOGIN, expect, newPerson, test } from "../harness/fixtures.ts";
import { Hawser } from "../harness/hawser.ts";

for (const javaScriptEnabled of [true, false]) {
  test(`from an empty organization to a mended credential, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({ browser, registries }) => {
    test.setTimeout(120_000);
    registries.setPassword(LOGIN.password);
    const hawser = await Hawser.start(registries.all);
    try {
      const person = await newPerson(browser, hawser, { javaScriptEnabled });
      const { page, main } = person;
      await person.setUp(await hawser.setUpLink());
      await expect(page).toHaveURL(`${person.origin}/`);
      await expect(main.getByRole("heading", { name: "Overview" })).toBeVisible();
      await expect(main).toContainText("Welcome to Hawser.");
      await expect(main.locator(".way-step")).toHaveCount(4);
      await main.getByRole("link", { name: "Add a credential" }).click();
      await expect(page).toHaveURL(/\/credentials\/new/);

      await person.addCredential({ name: "harbor", username: LOGIN.user, password: LOGIN.password });
      for (const n of [0, 1, 2]) {
        await person.addRepository({ url: `oci://${registries.basic.host}/team-${n}`, name: `team-${n}`, credential: "harbor" });
      }
      await person.untilRepositories("Healthy", 3);
      await person.open("/");
      const attention = main.locator("[data-live=attention]");
      await expect(attention).toContainText("Nothing needs your attention.");
      await expect(main.locator(".figures")).toContainText("3 healthy");
      await expect(main).toContainText("3 syncs, none failed");

      registries.setPassword("changed at the host");
      const other = await page.context().newPage();
      await other.goto(`${person.origin}/charts/repositories`);
      await other.getByRole("button", { name: /^Sync all/ }).click();
      const line = attention.getByRole("listitem").filter({ hasText: "harbor" });
      await expect(async () => {
        // Whoever has no script loads the page again.
        if (!javaScriptEnabled) await page.reload();
        await expect(line).toHaveCount(1, { timeout: 500 });
        await expect(line).toContainText("3 repositories", { timeout: 500 });
      }).toPass({ timeout: 40_000 });
      await other.close();
      await expect(page.locator("leptos-island")).toHaveCount(0);

      await line.getByRole("link", { name: /^Update the credential/ }).click();
      await expect(page).toHaveURL(/\/credentials\/[0-9a-f-]{36}\?tab=versions#field-password$/);
      await person.field("Password").fill("changed at the host");
      await person.button("Save").click();
      await expect(async () => {
        await person.open("/");
        await expect(attention).toContainText("Nothing needs your attention.", { timeout: 500 });
      }).toPass({ timeout: 40_000 });
      await expect(main.locator("[data-live=recent]")).toContainText("harbor");
      await main.getByText("As a table").first().click();
      await expect(main.getByRole("columnheader", { name: "Failed" })).toBeVisible();
    } finally {
      await hawser.stop();
    }
  });
}
