// A form that lacks something: it is added on the way, and the form comes back as it was left, with the
// new thing chosen. From a Git target to an export, to a repository, to its credential, and back.

import { LOGIN, expect, newPerson, test } from "../harness/fixtures.ts";
import { GitServer } from "../harness/git.ts";
import { Hawser } from "../harness/hawser.ts";

// Typed where no secret belongs; no address may hold it.
const TOKEN = "ghp_typed-into-the-url";
const GIT = { user: "hawser", password: "git password one" };

for (const javaScriptEnabled of [true, false]) {
  test(`what a form lacks is added on the way ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({ browser, registries }) => {
    test.setTimeout(120_000);
    registries.setPassword(LOGIN.password);
    const git = await GitServer.start(GIT.user, GIT.password);
    git.create("gitops");
    const hawser = await Hawser.start([...registries.all, git]);
    try {
      const person = await newPerson(browser, hawser, { javaScriptEnabled });
      const { main, page } = person;
      const addresses: string[] = [];
      page.on("request", (request) => addresses.push(request.url(), request.headers()["referer"] ?? ""));
      await person.setUp(await hawser.setUpLink());
      await person.open("/gitops");
      await expect(main).toContainText("Add a credential and a chart repository");
      await person.open("/gitops/targets/new");
      await person.field("Name").fill("prod");
      await person.field("Folder").fill("clusters/prod");
      await person.field("Repository").fill(git.url("gitops").replace("//", `//ada:${TOKEN}@`));
      await person.button("Look up the branches").click();
      await expect(page).toHaveURL(/look=branches/);
      await expect(person.field("Repository")).toHaveValue(git.url("gitops"));
      await person.field("Branch").fill("main");
      await person.field("Repository").fill(git.url("gitops").replace("//", `//ada:${TOKEN}@`));

      await test.step("its export, from its repository, from its credential", async () => {
        await person.button(/^Add an export/).click();
        await expect(page).toHaveURL(/\/gitops\/exports\/new/);
        await main.getByRole("link", { name: /^Argo CD/ }).click();
        await person.field("Name").fill("argo-prod");
        await person.field("Namespace").fill("argo-eu");
        await person.button(/^Add a repository/).click();
        await expect(page).toHaveURL(/\/charts\/repositories\/new/);
        await person.field("URL").fill(`http://${registries.helm.host}/stable`);
        await person.field("Name").fill("stable");
        await person.button(/^Add a new credential/).click();
        await main.getByRole("link", { name: /Other registry/ }).click();
        await person.field("Name").fill("registry-login");
        await person.field("Username").fill(LOGIN.user);
        await person.field("Password").fill(LOGIN.password);
        await person.button("Create").click();

        await expect(page).toHaveURL(/\/charts\/repositories\/new/);
        await expect(person.field("Name")).toHaveValue("stable");
        await expect(person.field("Credential").locator("option:checked")).toContainText("registry-login");
        await person.send();
        await expect(page).toHaveURL(/\/gitops\/exports\/new/);
        await expect(person.field("Name")).toHaveValue("argo-prod");
        await expect(person.field("Namespace")).toHaveValue("argo-eu");
        await expect(main.getByRole("checkbox", { name: /^stable/ })).toBeChecked();
        await main.getByRole("radio", { name: /^External Secrets Operator/ }).check();
        await person.button("Create").click();
        await expect(page).toHaveURL(/\/gitops\/targets\/new/);
      });

      await test.step("the target, with a Git credential", async () => {
        await expect(person.field("Name")).toHaveValue("prod");
        await expect(person.field("Repository")).toHaveValue(git.url("gitops"));
        await expect(person.field("Folder")).toHaveValue("clusters/prod");
        await expect(main.getByRole("checkbox", { name: /^argo-prod/ })).toBeChecked();
        await person.button(/^Add a Git credential/).click();
        await main.getByRole("link", { name: /Other Git server/ }).click();
        await person.field("Name").fill("git-login");
        await person.field("Username").fill(GIT.user);
        await person.field("Password").fill(GIT.password);
        await person.button("Create").click();
        await expect(person.field("Credential").locator("option:checked")).toContainText("git-login");
        await expect(main.getByRole("checkbox", { name: /^argo-prod/ })).toBeChecked();
        await person.button("Create").click();
        await expect(page).toHaveURL(/\/gitops\/targets\/[0-9a-f-]{36}\/preview/);
        await expect(main).toContainText("kind: ExternalSecret");
        await person.button("Sync now").click();
        const path = new URL(page.url()).pathname.replace(/\/preview$/, "");
        await person.untilText(path, "In sync");
        expect(git.files("gitops", "main").filter((file) => file.startsWith("clusters/prod/")).length).toBeGreaterThan(0);
      });
      expect(addresses.length).toBeGreaterThan(20);
      expect(addresses.filter((address) => address.includes(TOKEN))).toEqual([]);
      await page.context().close();
    } finally {
      await hawser.stop();
      await git.stop();
    }
  });
}

test("the branches can be looked up where the chosen credential can, and it is said where it cannot", async ({ person }) => {
  await person.addCredential({ name: "hub-token", provider: "github", username: "octocat", password: "ghp_not-sent" });
  await person.open("/gitops/targets/new");
  await person.page.waitForFunction(() => "awake" in document.documentElement.dataset);
  await person.field("Name").fill("kept");
  await person.choose("Credential", "hub-token");
  const look = person.button("Look up the branches");
  for (const [url, offered] of [["https://git.example.com/acme/gitops", false], ["https://github.com/acme/gitops", true]] as const) {
    await person.field("Repository").fill(url);
    await person.field("Repository").blur();
    await expect(look).toBeEnabled({ enabled: offered });
    await expect(look).toHaveAccessibleDescription(offered ? /With a connected account/ : /hub-token is neither used at git\.example\.com yet nor made for it/);
  }
  await expect(person.field("Name")).toHaveValue("kept");
  await expect(person.field("Credential").locator("option:checked")).toContainText("hub-token");
});
