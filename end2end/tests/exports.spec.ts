// What the page of an export gives away: the encrypted file to take along, the way to what is left out,
// and the checks of those who read it. Once as a browser does it, once without JavaScript.

import { readFileSync } from "node:fs";
import { LOGIN, expect, newPerson, test } from "../harness/fixtures.ts";
import { Hawser } from "../harness/hawser.ts";

const RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

for (const javaScriptEnabled of [true, false]) {
  test(`an export is taken along and led on from ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({ browser, registries }) => {
    test.setTimeout(120_000);
    const canary = "canary-7a8e11ed-one";
    registries.setPassword(canary);
    const hawser = await Hawser.start(registries.all);
    try {
      const permissions = ["clipboard-read", "clipboard-write"];
      const person = await newPerson(browser, hawser, { javaScriptEnabled, permissions });
      await person.setUp(await hawser.setUpLink());
      await person.addCredential({ name: "registry-login", username: LOGIN.user, password: canary });
      const { basic, token } = registries;
      for (const [name, { host }] of Object.entries({ basic, token })) {
        await person.addRepository({ url: `oci://${host}/team-0`, name, credential: "registry-login" });
      }
      await person.untilRepositories("Healthy", 2);

      await test.step("the encrypted file is downloaded and copied", async () => {
        await person.addExport({
          name: "sealed-prod", consumer: "pull_secret", pick: "registry-login", carrier: "SOPS",
          fields: { "age recipients": RECIPIENT },
        });
        await expect(person.main).toContainText("*** ENCRYPTED ***");
        const download = person.page.waitForEvent("download");
        await person.button("Download sealed-prod.sops.yaml").click();
        const file = await download;
        expect(file.suggestedFilename()).toBe("sealed-prod.sops.yaml");
        const sealed = (text: string) => {
          expect(text).toContain("ENC[AES256_GCM,");
          expect(text).toContain(RECIPIENT);
          expect(text).not.toContain(canary);
          expect(text).not.toContain("*** ENCRYPTED ***");
        };
        sealed(readFileSync(await file.path(), "utf8"));
        const copy = person.main.locator(".listing").filter({ hasText: "sealed-prod.sops.yaml" }).first().locator(".copy");
        if (javaScriptEnabled) {
          await copy.click();
          await expect(copy).toHaveText("Copied");
          sealed(await person.page.evaluate(() => navigator.clipboard.readText()));
        } else {
          await expect(copy).toBeHidden();
        }
        await person.open("/audit");
        await expect(person.row("Downloaded or copied an encrypted file of an export").first()).toContainText("sealed-prod");
      });

      await test.step("what Kyma leaves out is exported by its link", async () => {
        const first = await person.addExport({
          name: "kyma-prod", consumer: "kyma", pick: "registry-login", fields: { "Label value": "our-modules" },
        });
        const other = person.main.getByRole("link", { name: /^Make another export for / });
        const host = (await other.textContent())?.replace("Make another export for ", "") ?? "";
        expect([basic.host, token.host]).toContain(host);
        await other.click();
        await expect(person.field("Registry")).toHaveValue(host);
        await expect(person.field("Label value")).toHaveValue("our-modules");
        await expect(person.main.getByRole("checkbox", { name: /^registry-login/ })).toBeChecked();
        await person.button("Create").click();
        await expect(person.page).toHaveURL(/\/gitops\/exports\/[0-9a-f-]{36}/);
        expect(new URL(person.page.url()).pathname).not.toBe(first);
        await expect(person.main.locator("pre").first()).toContainText(host);
        await expect(person.main.getByRole("link", { name: /^Make another export/ })).toHaveCount(0);
        await person.main.getByRole("link", { name: "Overview", exact: true }).click();
        await person.main.getByRole("link", { name: "Check a ModuleTemplate with this label" }).click();
        await expect(person.field("Label value")).toHaveValue("our-modules");
      });

      await test.step("a source without TLS says so", async () => {
        await person.addExport({ name: "flux-prod", consumer: "flux", pick: "basic" });
        await expect(person.main.locator("pre").filter({ hasText: "kind: HelmRepository" }).first()).toContainText("insecure: true");
      });
      expect(hawser.log).not.toContain(canary);
      await person.page.context().close();
    } finally {
      await hawser.stop();
    }
  });
}
