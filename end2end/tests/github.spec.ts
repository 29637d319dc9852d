// Connecting a GitHub account, at a stub that checks what GitHub checks: in the browser, by a typed code,
// refused, from another browser, and disconnected again.

import { LOGIN, expect, newPerson, test } from "../harness/fixtures.ts";
import { GitHub, WORDS } from "../harness/github.ts";
import { Hawser } from "../harness/hawser.ts";
import type { Person } from "../harness/person.ts";

const CONNECTIONS = "/gitops/connections";

async function throughGitHub(person: Person, link: "Authorize" | "Cancel"): Promise<void> {
  await person.open(CONNECTIONS);
  await person.button(/^Connect GitHub$/).click();
  await person.page.getByRole("link", { name: link }).click();
  await expect(person.page).toHaveURL(/\/gitops/);
}

for (const javaScriptEnabled of [true, false]) {
  test(`an account is connected and disconnected ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({ browser }) => {
    test.setTimeout(90_000);
    const github = await GitHub.start();
    const hawser = await Hawser.start([github], github.settings());
    github.registers(hawser.origin);
    try {
      const person = await newPerson(browser, hawser, { javaScriptEnabled });
      await person.setUp(await hawser.setUpLink());

      await test.step("a refusal changes nothing and its words are not shown", async () => {
        github.agrees = false;
        await throughGitHub(person, "Cancel");
        await expect(person.main.getByRole("alert").filter({ visible: true }).first()).toBeVisible();
        expect(await person.page.content()).not.toContain("canary");
        expect(github.living).toHaveLength(0);
        github.agrees = true;
      });

      await test.step("the way back counts only in the browser that began", async () => {
        await person.open(CONNECTIONS);
        await person.button(/^Connect GitHub$/).click();
        const back = await person.page.getByRole("link", { name: "Authorize" }).getAttribute("href") ?? "";
        const stranger = await newPerson(browser, hawser, { javaScriptEnabled });
        await stranger.page.goto(back);
        await expect(stranger.page).toHaveURL(/\/sign-in/);
        await stranger.signIn();
        await expect(stranger.page).not.toHaveURL(/\/sign-in/);
        await stranger.page.goto(back);
        await stranger.open(CONNECTIONS);
        await expect(stranger.main).not.toContainText("octocat");
        await stranger.page.context().close();
      });

      await test.step("connected", async () => {
        await throughGitHub(person, "Authorize");
        await person.open(CONNECTIONS);
        await expect(person.main).toContainText("octocat");
        expect(github.living).toHaveLength(1);
        await person.open("/credentials");
        await expect(person.row("octocat")).toHaveCount(1);
      });

      await test.step("Enter searches the account, and makes nothing", async () => {
        github.repositories = ["acme/gitops", "acme/site"];
        await person.open("/gitops/targets/new");
        if (javaScriptEnabled) await person.page.waitForFunction(() => document.documentElement.dataset["awake"] !== undefined);
        await person.field("Name").fill("typed before");
        await person.main.getByRole("searchbox").fill("gitops");
        await person.main.getByRole("searchbox").press("Enter");
        await expect(person.main).toContainText("Choose a credential first.");
        await person.choose("Credential", "octocat");
        await person.main.getByRole("searchbox").press("Enter");
        await expect(person.main).toContainText("1 repository found; choose one.");
        await expect(person.field("Name")).toHaveValue("typed before");
        await person.main.getByRole("button", { name: "Choose acme/gitops" }).click();
        await expect(person.field("Repository URL")).toHaveValue(/acme\/gitops$/);
        await person.main.getByRole("searchbox").fill("");
        await person.field("Name").press("Enter");
        await expect(person.main).toContainText(javaScriptEnabled ? "Choose at least one" : "Nothing is saved yet.");
        await expect(person.field("Name")).toHaveValue("typed before");
        await person.open("/gitops");
        await expect(person.main).not.toContainText("typed before");
      });

      await test.step("once more by a code: the same account, not a second one", async () => {
        await person.open(CONNECTIONS);
        await person.button(/^Connect with a code$/).click();
        await expect(person.main).toContainText("WDJB-MJHT");
        github.device = "agreed";
        await person.button(/^I typed the code$/).click().catch(() => undefined);
        await expect(async () => {
          await person.open("/credentials");
          await expect(person.row("octocat")).toHaveCount(1, { timeout: 500 });
          await person.open("/audit");
          await expect(person.main.getByRole("rowheader", { name: "Connected a Git account", exact: true })).toHaveCount(2, { timeout: 500 });
        }).toPass({ timeout: 20_000 });
      });

      await test.step("disconnecting revokes the token at GitHub", async () => {
        await person.open(CONNECTIONS);
        await person.main.getByRole("link", { name: /^Disconnect/ }).first().click();
        await person.button("Disconnect").click();
        await expect(person.page).toHaveURL(/\/gitops\/connections$/);
        await expect(person.main).not.toContainText("octocat");
        // The token that was replaced was revoked before.
        expect(github.revoked).toHaveLength(2);
        expect(github.living).toHaveLength(0);
      });

      for (const canary of ["ghu_", "ghr_", "canary-client-secret", WORDS]) {
        expect(hawser.log, "in the log").not.toContain(canary);
      }
      await person.page.context().close();
    } finally {
      await hawser.stop();
      await github.stop();
    }
  });
}

test("without an app the page says what its operator has to set", async ({ person, registries }) => {
  registries.setPassword(LOGIN.password);
  await person.open(CONNECTIONS);
  await expect(person.main).toContainText("HAWSER_GITHUB_CLIENT_ID");
  await expect(person.main.getByRole("button", { name: "Connect GitHub" })).toHaveCount(0);
});
