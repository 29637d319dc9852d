// What is done to many rows at once: set and undone, tested, and deleted after a question that names them.

import { LOGIN, expect, newPerson, test } from "../harness/fixtures.ts";
import { Hawser } from "../harness/hawser.ts";


for (const javaScriptEnabled of [true, false]) {
  test(`many rows at once, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({ browser, registries }) => {
    registries.setPassword(LOGIN.password);
    const hawser = await Hawser.start(registries.all);
    try {
      const person = await newPerson(browser, hawser, { javaScriptEnabled });
      await person.setUp(await hawser.setUpLink());
      await person.addCredential({ name: "harbor", username: LOGIN.user, password: LOGIN.password });
      await person.addCredential({ name: "spare", username: LOGIN.user, password: LOGIN.password });
      for (const n of [0, 1, 2]) {
        await person.addRepository({ url: `oci://${registries.basic.host}/team-${n}`, name: `team-${n}`, credential: "harbor" });
      }
      // The page follows the run by itself; without a script it is looked at again.
      const ended = async (heading: string) => {
        const title = person.main.getByRole("heading", { level: 1 });
        if (javaScriptEnabled) return expect(title).toHaveText(heading, { timeout: 30_000 });
        return expect(async () => {
          await person.page.reload();
          await expect(title).toHaveText(heading, { timeout: 500 });
        }).toPass({ timeout: 30_000 });
      };
      const tick = async (path: string, names: string[]) => {
        await person.open(path);
        for (const name of names) await person.main.getByLabel(`Select ${name}`).check();
      };

      await test.step("an interval is set and undone, and the page does not move", async () => {
        await tick("/charts/repositories", ["team-0", "team-1"]);
        const before = await person.main.locator("table").boundingBox();
        await person.main.getByLabel("Interval").selectOption("6 hours");
        await person.button("Set interval").click();
        const toast = person.main.getByRole("status").filter({ hasText: "synced every 6 hours" });
        await expect(toast).toContainText("2 repositories: synced every 6 hours.");
        expect((await person.main.locator("table").boundingBox())?.y).toBe(before?.y);
        await toast.getByRole("button", { name: "Undo" }).click();
        await expect(person.main.getByRole("status").first()).toContainText("Undone: 2 repositories sync as before.");
        await person.main.getByRole("link", { name: "Dismiss" }).click();
        await expect(person.main.locator(".toast")).toHaveCount(0);
        await person.open(`${await person.repositoryPath("team-0")}?tab=settings`);
        await expect(person.field("Sync every")).toHaveValue("3600");
      });

      await test.step("each is tested with its own login", async () => {
        await tick("/charts/repositories", ["team-0", "team-2"]);
        await person.button("Test").click();
        await expect(person.page).toHaveURL(/\/bulk\//);
        await ended("Tested 2 repositories");
        await expect(person.row("team-2")).toContainText("Passed");
      });

      await test.step("credentials in use stay, and the others go", async () => {
        await tick("/credentials", ["harbor", "spare"]);
        await person.button("Delete…").click();
        await expect(person.main).toContainText("1 credential is in use and stays");
        await person.button("Delete 1 credential").click();
        await ended("Deleted 1 of 2 credentials");
        await expect(person.row("harbor")).toContainText("In use by team-0, team-1, team-2.");
      });

      await test.step("repositories are deleted after a yes", async () => {
        await tick("/charts/repositories", ["team-1", "team-2"]);
        await person.button("Delete…").click();
        await expect(person.main.getByRole("heading", { level: 1 })).toHaveText("Delete 2 repositories?");
        await expect(person.main.locator(".names")).toContainText("team-1");
        await person.button("Delete 2 repositories").click();
        await ended("Deleted 2 of 2 repositories");
        await person.open("/charts/repositories");
        await expect(person.main.locator("tbody tr")).toHaveCount(1);
      });
      await person.page.context().close();
    } finally {
      await hawser.stop();
    }
  });
}
