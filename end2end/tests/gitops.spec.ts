// Credentials reach clusters through Git: an export, a target in a real Git repository, a preview, the
// first push, and an update that follows by itself. Once as a browser does it, once without JavaScript.

import { readFileSync } from "node:fs";
import { LOGIN, expect, newPerson, test } from "../harness/fixtures.ts";
import { GitServer } from "../harness/git.ts";
import { Hawser } from "../harness/hawser.ts";
import { ACCOUNT, type Person } from "../harness/person.ts";

const GIT = { user: "hawser", password: "git password one" };

/** Registry login, repository, Git login: what an export and its target are made of. */
async function prepare(person: Person, repository: string, password: string): Promise<void> {
  await person.addCredential({ name: "registry-login", username: LOGIN.user, password });
  await person.addRepository({ url: repository, name: "charts", credential: "registry-login" });
  await person.untilRepositories("Healthy", 1);
  await person.addCredential({ name: "git-login", username: GIT.user, password: GIT.password, provider: "generic_git" });
}

for (const javaScriptEnabled of [true, false]) {
  test(`one update reaches a registry and a Git repository ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({ browser, registries }) => {
    test.setTimeout(180_000);
    const canaries = ["canary-51c0ffee-one", "canary-51c0ffee-two"] as const;
    registries.setPassword(canaries[0]);
    const git = await GitServer.start(GIT.user, GIT.password);
    git.create("gitops");
    const hawser = await Hawser.start([...registries.all, git]);
    try {
      const person = await newPerson(browser, hawser, { javaScriptEnabled });
      await person.setUp(await hawser.setUpLink());
      await prepare(person, `oci://${registries.basic.host}/team-0`, canaries[0]);
      const exported = await person.addExport({ name: "pull-prod", consumer: "pull_secret", pick: "registry-login" });
      await test.step("the export shows references and no value", async () => {
        await expect(person.main).toContainText("kind: ExternalSecret");
        await expect(person.main).toContainText("kubernetes.io/dockerconfigjson");
        expect(await person.page.content()).not.toContain(canaries[0]);
      });
      const before = git.head("gitops", "main");
      const target = await person.addTarget({ name: "gitops-target", credential: "git-login", url: git.url("gitops"), exported: "pull-prod" });
      await test.step("the preview shows the exact change and pushes nothing", async () => {
        await person.open(`${target}/preview`);
        await expect(person.main).toContainText("clusters/prod/");
        await expect(person.main.locator("ins").filter({ hasText: "kind: ExternalSecret" })).toHaveCount(1);
        expect(git.head("gitops", "main")).toBe(before);
      });
      await test.step("the first push", async () => {
        await person.button("Sync now").click();
        await person.untilText(target, "In sync");
        const files = git.files("gitops", "main").filter((file) => file.startsWith("clusters/prod/"));
        expect(files).toHaveLength(1);
        expect(git.file("gitops", "main", files[0] ?? "")).toMatch(/version: ["']?1["']?\n/);
        expect(git.commits("gitops", "main")).toBe(2);
        await person.open(`${target}/preview`);
        await expect(person.main).toContainText("Nothing to change");
      });
      await test.step("an update of the password reaches both", async () => {
        registries.setPassword(canaries[1]);
        await person.changePassword("registry-login", canaries[1]);
        const healthy = person.deliveries("Healthy");
        await expect(async () => {
          if (!javaScriptEnabled) await person.page.reload();
          await expect(healthy).toHaveCount(2, { timeout: 500 });
        }).toPass({ timeout: 60_000 });
        await expect(healthy.filter({ hasText: "gitops-target" })).toHaveCount(1);
        await expect(async () => {
          if (!javaScriptEnabled) await person.page.reload();
          await expect(person.main.getByRole("heading", { name: "Update finished" })).toBeVisible({ timeout: 500 });
        }).toPass({ timeout: 20_000 });
        expect(git.commits("gitops", "main")).toBe(3);
        const file = git.files("gitops", "main").find((path) => path.startsWith("clusters/prod/")) ?? "";
        expect(git.file("gitops", "main", file)).toMatch(/version: ["']?2["']?\n/);
      });
      await test.step("the credential's page tells where it is", async () => {
        await person.open(await person.credentialPath("registry-login"));
        await expect(person.main.getByRole("link", { name: "pull-prod" })).toHaveCount(1);
        await expect(person.main.getByRole("link", { name: "gitops-target" }).first()).toBeVisible();
      });
      await test.step("values only after the password", async () => {
        await person.openTab(exported, "files");
        await person.field("Your password").fill("not the password");
        await person.button("Download with values").click();
        await expect(person.main.getByRole("alert").filter({ visible: true }).first()).toBeVisible();
        await person.openTab(exported, "files");
        await person.field("Your password").fill(ACCOUNT.password);
        const download = person.page.waitForEvent("download");
        await person.button("Download with values").click();
        const text = readFileSync(await (await download).path(), "utf8");
        const config = text.match(/dockerconfigjson: ['"]?([A-Za-z0-9+/=]+)/)?.[1] ?? "";
        expect(text + Buffer.from(config, "base64").toString("utf8")).toContain(canaries[1]);
        await person.open("/audit");
        await expect(person.main).toContainText("Downloaded an export with its values");
      });
      for (const canary of [...canaries, GIT.password]) {
        for (const spelling of [canary, Buffer.from(canary).toString("base64").replace(/=+$/, "").slice(0, -1)]) {
          expect(git.everything("gitops"), "in the repository").not.toContain(spelling);
          expect(hawser.log, "in the log").not.toContain(spelling);
        }
      }
      await person.page.context().close();
    } finally {
      await hawser.stop();
      await git.stop();
    }
  });
}

test("a push that is refused, lost or foreign loses nothing", async ({ browser, registries }) => {
  test.setTimeout(180_000);
  registries.setPassword(LOGIN.password);
  const git = await GitServer.start(GIT.user, GIT.password);
  for (const repository of ["refused", "lost", "foreign"]) git.create(repository);
  const hawser = await Hawser.start([...registries.all, git]);
  try {
    const person = await newPerson(browser, hawser);
    await person.setUp(await hawser.setUpLink());
    await prepare(person, `oci://${registries.basic.host}/team-0`, LOGIN.password);
    await person.addExport({ name: "argo-prod", consumer: "argo_cd", pick: "charts" });

    await test.step("a hook refuses: its reason is shown", async () => {
      git.hook("refused", "echo 'sign your commits, please'; exit 1");
      const target = await person.addTarget({ name: "refused-target", credential: "git-login", url: git.url("refused"), exported: "argo-prod" });
      await person.button("Sync now").click();
      await person.untilText(target, "Push rejected");
      await expect(person.main).toContainText("sign your commits, please");
      expect(git.commits("refused", "main")).toBe(1);
      git.hook("refused", "exit 0");
      await person.button("Sync now").click();
      await person.untilText(target, "In sync");
      expect(git.commits("refused", "main")).toBe(2);
    });

    await test.step("the answer to a push gets lost: it is not pushed twice", async () => {
      let lost = 0;
      git.afterPush = () => (lost += 1) > 1;
      const target = await person.addTarget({ name: "lost-target", credential: "git-login", url: git.url("lost"), exported: "argo-prod" });
      await person.button("Sync now").click();
      await person.untilText(target, "In sync");
      git.afterPush = () => true;
      expect(git.commits("lost", "main")).toBe(2);
      expect(lost).toBeGreaterThan(0);
    });

    await test.step("somebody else's file in the way stays as it is", async () => {
      const file = git.files("lost", "main").find((path) => path.startsWith("clusters/prod/")) ?? "";
      git.commit("foreign", "main", file, "by: hand\n");
      const target = await person.addTarget({ name: "foreign-target", credential: "git-login", url: git.url("foreign"), exported: "argo-prod" });
      await expect(person.main).toContainText("Hawser did not write what lies at clusters/prod/");
      await person.open(target);
      await person.button("Sync now").click();
      await person.untilText(target, "File belongs to somebody else");
      expect(git.file("foreign", "main", file)).toBe("by: hand\n");
      expect(git.commits("foreign", "main")).toBe(2);
    });

    await test.step("another folder takes the files along, and the next update is for it", async () => {
      git.create("moved");
      await person.addExport({ name: "pull-prod", consumer: "pull_secret", pick: "registry-login" });
      const target = await person.addTarget({ name: "moved-target", credential: "git-login", url: git.url("moved"), exported: "pull-prod" });
      await person.button("Sync now").click();
      await person.untilText(target, "In sync");
      await person.openTab(target, "settings");
      await person.field("Folder").fill("/clusters/next");
      await person.button("Save").click();
      await expect(person.main).toContainText("Leave out the slash at the beginning");
      await person.field("Folder").fill("clusters/next");
      await person.button("Save").click();
      await person.untilText(`${target}?tab=files`, "clusters/next/pull-prod");
      expect(git.files("moved", "main").filter((path) => path.startsWith("clusters/"))).toEqual(["clusters/next/pull-prod.yaml"]);
      await person.untilText(target, "In sync");

      registries.setPassword("another password");
      await person.changePassword("registry-login", "another password");
      await expect(person.deliveries("Healthy").filter({ hasText: "moved-target" })).toHaveCount(1, { timeout: 30_000 });

      await person.open(`${target}/delete`);
      await person.button("Delete").click();
      await person.main.getByRole("status").filter({ hasText: "deleted" }).waitFor();
      const again = await person.addTarget({ name: "moved-again", credential: "git-login", url: git.url("moved"), exported: "pull-prod", folder: "clusters/next" });
      await expect(person.main).toContainText("Nothing to change");
      await person.button("Sync now").click();
      await person.untilText(again, "In sync");
      registries.setPassword("a third password");
      await person.changePassword("registry-login", "a third password");
      await expect(person.deliveries("Healthy").filter({ hasText: "moved-again" })).toHaveCount(1, { timeout: 30_000 });
      expect(git.file("moved", "main", "clusters/next/pull-prod.yaml")).toMatch(/version: ["']?3["']?\n/);
    });
    await person.page.context().close();
  } finally {
    await hawser.stop();
    await git.stop();
  }
});
