// Two people, one form: what differs is told, and only who saw it saves over the other.

import { LOGIN, expect, newPerson, test } from "../harness/fixtures.ts";
import { GitServer } from "../harness/git.ts";
import { Hawser } from "../harness/hawser.ts";

const GIT = { user: "hawser", password: "git password one" };

for (const javaScriptEnabled of [true, false]) {
  test(`the slower of two people compares and decides ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({ browser, registries }) => {
    test.setTimeout(120_000);
    registries.setPassword(LOGIN.password);
    const git = await GitServer.start(GIT.user, GIT.password);
    git.create("gitops");
    const hawser = await Hawser.start([...registries.all, git]);
    try {
      const person = await newPerson(browser, hawser, { javaScriptEnabled });
      await person.setUp(await hawser.setUpLink());
      await person.addCredential({ name: "registry-login", username: LOGIN.user, password: LOGIN.password });
      await person.addRepository({ url: `oci://${registries.basic.host}/team-0`, name: "charts", credential: "registry-login" });
      await person.addCredential({ name: "git-login", username: GIT.user, password: GIT.password, provider: "generic_git" });
      await person.addExport({ name: "pull-prod", consumer: "pull_secret", pick: "registry-login" });
      const target = await person.addTarget({ name: "shared-target", credential: "git-login", url: git.url("gitops"), exported: "pull-prod" });
      const other = await newPerson(browser, hawser, { javaScriptEnabled });
      await other.signIn();
      await expect(other.page).not.toHaveURL(/sign-in/);

      await test.step("a Git target: saved over, once it was said what that replaces", async () => {
        await other.openTab(target, "settings");
        await person.openTab(target, "settings");
        await person.field("Folder").fill("clusters/faster");
        await person.button("Save").click();
        await expect(person.main).toContainText("Saved.");
        await other.field("Folder").fill("clusters/slower");
        await other.main.getByRole("radio", { name: /^Open a pull request/ }).check();
        for (const _ of ["first", "and not by pressing it again"]) {
          await other.button("Save").click();
          await expect(other.main).toContainText("An earlier change of yours was stored meanwhile");
          await expect(other.main).toContainText("Folder: now clusters/faster, yours clusters/slower");
          await expect(other.main).toContainText("Mode: now Commit directly, yours Open a pull request");
        }
        await expect(other.field("Folder")).toHaveValue("clusters/slower");
        await person.openTab(target, "settings");
        await expect(person.field("Folder")).toHaveValue("clusters/faster");
        await other.button("Save mine anyway").click();
        await expect(other.main).toContainText("Saved.");
        await person.openTab(target, "settings");
        await expect(person.field("Folder")).toHaveValue("clusters/slower");
      });

      await test.step("a repository: the current values are taken", async () => {
        const repository = await person.repositoryPath("charts");
        await other.openTab(repository, "settings");
        await person.openTab(repository, "settings");
        await person.field("Name").fill("renamed");
        await person.button("Save").click();
        await expect(person.main).toContainText("Saved.");
        await other.choose("Sync every", "6 hours");
        await other.button("Save").click();
        await expect(other.main).toContainText("Name: now renamed, yours charts");
        await other.button("Load the current values").click();
        await expect(other.field("Name")).toHaveValue("renamed");
        await expect(other.main).not.toContainText("Save mine anyway");
        await other.field("Name").fill("renamed again");
        await other.button("Save").click();
        await expect(other.main).toContainText("Saved.");
      });
      await other.page.context().close();
      await person.page.context().close();
    } finally {
      await hawser.stop();
      await git.stop();
    }
  });
}
