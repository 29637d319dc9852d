// Lists follow what happens elsewhere, act on what they show, and a form asks before it stores what cannot work.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LOGIN, expect, newPerson, test } from "../harness/fixtures.ts";
import { Hawser } from "../harness/hawser.ts";

test("ages grow in the words that the server begins with", async () => {
  // A script of the browser, which only a module of its own can take apart.
  const script = readFileSync(join(import.meta.dirname, "../../app/src/ui/follow.js"), "utf8");
  const { relative } = await import(`data:text/javascript,${encodeURIComponent(script)}`) as { relative: (at: number, now: number) => string };
  const [minute, hour, day] = [60, 3_600, 86_400];
  // The cases of `Timestamp::relative_to` and its bounds.
  for (const [seconds, words] of [
    [0, "just now"], [44, "just now"], [45, "1 min ago"], [61, "2 min ago"], [hour - 1, "59 min ago"], [hour, "1 h ago"],
    [day - 1, "23 h ago"], [12 * day, "12 d ago"], [-1, "in a moment"], [-minute + 1, "in a moment"], [-minute, "in 1 min"],
    [-hour + 1, "in 59 min"], [-hour, "in 1 h"], [-day, "in 1 d"],
  ] as const) {
    expect(relative(0, seconds * 1_000), `${seconds} s`).toBe(words);
  }
});

test("what others do is seen, and Sync all takes what is shown", async ({ browser, registries }) => {
  registries.setPassword(LOGIN.password);
  const hawser = await Hawser.start(registries.all);
  try {
    const person = await newPerson(browser, hawser);
    await person.setUp(await hawser.setUpLink());
    await person.addCredential({ name: "harbor", username: LOGIN.user, password: LOGIN.password });
    for (const n of [0, 1, 2]) {
      await person.addRepository({ url: `oci://${registries.basic.host}/team-${n}`, name: `team-${n}`, credential: "harbor" });
    }
    await person.untilRepositories("Healthy", 3);

    await test.step("a list in another tab follows a sync that it did not start", async () => {
      const idle = await person.page.context().newPage();
      await idle.goto(`${person.origin}/charts/repositories`);
      await idle.waitForFunction(() => "awake" in document.documentElement.dataset);
      registries.setPassword("changed at the host");
      await person.open("/charts/repositories?search=team-1");
      const all = person.button(/^Sync all/);
      await expect(all).toHaveText("Sync all 1 shown");
      await all.click();
      await expect(idle.getByRole("row", { name: /team-1/ })).toContainText("Failing", { timeout: 30_000 });
      await expect(idle.getByRole("row", { name: /team-0/ })).toContainText("Healthy");
      await expect(idle.locator("tbody tr").first()).toContainText("team-1");
      await idle.close();
      await person.open("/charts/repositories?state=failing");
      await expect(person.main.locator("tbody tr")).toHaveCount(1);
    });

    await test.step("a connection test shows its stages as they end", async () => {
      registries.setPassword(LOGIN.password);
      await person.openTab(await person.repositoryPath("team-0"), "connection");
      await person.page.waitForFunction(() => "awake" in document.documentElement.dataset);
      const stages = person.page.evaluate(() => new Promise<number>((resolve) => {
        const place = document.querySelector("[data-test-progress]");
        let most = 0;
        if (!place) resolve(-1);
        else new MutationObserver(() => {
          most = Math.max(most, place.querySelectorAll("li").length);
          if (place.hasAttribute("hidden")) resolve(most);
        }).observe(place, { attributes: true, childList: true, subtree: true });
      }));
      await person.button("Test connection").click();
      await expect(person.main.locator("[data-test-summary]")).toContainText("The connection works.");
      expect(await stages).toBeGreaterThan(3);
    });
    await person.page.context().close();
  } finally {
    await hawser.stop();
  }
});

for (const javaScriptEnabled of [true, false]) {
  test(`a token that cannot work is asked about, and the guide loads nothing, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({ browser, registries }) => {
    const hawser = await Hawser.start(registries.all);
    try {
      const person = await newPerson(browser, hawser, { javaScriptEnabled });
      await person.setUp(await hawser.setUpLink());
      const dead = `github_pat_${"a".repeat(82)}`;
      await person.fillCredential({ name: "ghcr", provider: "ghcr", username: "octocat", password: dead });
      const before = person.page.url();
      const guide = person.page.locator(".guide");
      await expect(guide).toContainText("read:packages");
      await guide.getByText("Read and push").click();
      await expect(guide.locator('[data-access="push"]')).toBeVisible();
      await expect(guide.locator('[data-access="read"]')).toBeHidden();
      await expect(person.field("Password")).toHaveValue(dead);
      expect(person.page.url()).toBe(before);

      await expect(person.button("Create anyway")).toBeHidden();
      await person.button("Create").click();
      await expect(person.button("Create anyway")).toBeVisible();
      await expect(person.main).toContainText("fine-grained");
      await person.open("/credentials");
      await expect(person.main).toContainText("No credentials yet");
      await person.fillCredential({ name: "ghcr", provider: "ghcr", username: "octocat", password: dead });
      await guide.getByText("Read and push").click();
      await person.button("Create").click();
      await person.field("Password").fill(dead);
      await person.button("Create anyway").click();
      await expect(person.main.getByRole("heading", { name: "ghcr", exact: true })).toBeVisible();
      await expect(person.main).toContainText("Read and push");
      await person.page.context().close();
    } finally {
      await hawser.stop();
    }
  });
}
