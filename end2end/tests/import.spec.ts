// A file of another program: what it would add is shown first, and added when the file is sent again.

import { LOGIN, expect, newPerson, test } from "../harness/fixtures.ts";
import { Hawser } from "../harness/hawser.ts";

for (const javaScriptEnabled of [true, false]) {
  test(`files are previewed and imported, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({ browser, registries }) => {
    registries.setPassword(LOGIN.password);
    const hawser = await Hawser.start(registries.all);
    try {
      const person = await newPerson(browser, hawser, { javaScriptEnabled });
      await person.setUp(await hawser.setUpLink());
      await person.open("/charts/repositories");
      await person.button("Import a file").click();
      const choose = async (name: string, text: string) => {
        await person.main.getByLabel("File").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
      };
      const secret = `canary-${LOGIN.password}`;
      const table = [
        "name,url,username,password", `team-0,oci://${registries.basic.host}/team-0,${LOGIN.user},${LOGIN.password}`,
        `team-1,oci://${registries.basic.host}/team-1,${LOGIN.user},${LOGIN.password}`, `<i>half,https://a.example/b,${secret},`, "",
      ].join("\r\n");

      await test.step("a table shows what it would add, and no secret", async () => {
        await choose("table.csv", table);
        await person.button("Preview").click();
        await expect(person.row("team-0")).toContainText("New credential and repository");
        await expect(person.row("team-1")).toContainText("Linked to the credential of line 2.");
        await expect(person.row("line 4")).toContainText("belong together");
        expect(await person.page.content()).not.toContain(LOGIN.password);
        await person.open("/credentials");
        await expect(person.main).toContainText("No credentials yet");
      });

      await test.step("another file is previewed first", async () => {
        await person.open("/import");
        await choose("table.csv", `${table}\r\n`);
        await person.button("Preview").click();
        await choose("table.csv", table);
        await person.button("Import 2 rows").click();
        await expect(person.main).toContainText("This is another file than the one before");
        await choose("table.csv", table);
        await person.button("Import 2 rows").click();
      });

      await test.step("each row tells what came of it", async () => {
        await expect(person.page).toHaveURL(/\/bulk\//);
        await expect(async () => {
          if (!javaScriptEnabled) await person.page.reload();
          await expect(person.main.getByRole("heading", { level: 1 })).toHaveText("Imported 2 of 3 rows", { timeout: 500 });
        }).toPass({ timeout: 30_000 });
        await expect(person.row("team-0")).toContainText("Added");
        await person.untilRepositories("Healthy", 2);
        await person.open("/credentials");
        await expect(person.main.locator("tbody tr")).toHaveCount(1);
        await expect(person.row("team-0")).toContainText("2 repositories");
      });

      await test.step("Docker and Helm are known by what is in the file", async () => {
        await person.open("/import");
        await choose("config.json", JSON.stringify({ auths: { "ghcr.io": {} }, credsStore: "osxkeychain" }));
        await person.button("Preview").click();
        await expect(person.row("ghcr.io")).toContainText("osxkeychain");
        await expect(person.main).toContainText("There is nothing to add.");
        await person.button("Choose another file").click();
        await choose("repositories.json", JSON.stringify([{ name: "bitnami", url: "https://charts.bitnami.com/bitnami" }]));
        await person.button("Preview").click();
        await expect(person.row("bitnami")).toContainText("New repository");
        await person.open("/import");
        await choose("notes.txt", "canary");
        await person.button("Preview").click();
        await expect(person.main.getByRole("alert")).toContainText("Column 1 is not known");
      });
      await person.page.context().close();
    } finally {
      await hawser.stop();
    }
  });
}
