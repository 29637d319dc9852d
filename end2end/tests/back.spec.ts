// Going back after something was deleted: to where the person was before its page, and never to what is gone.

import { randomUUID } from "node:crypto";
import { expect, test } from "../harness/fixtures.ts";
import type { Person } from "../harness/person.ts";

const unique = (name: string) => `${name}-${randomUUID().slice(0, 8)}`;

/** What may be deleted: makes one, and answers the list it stands in and its name. */
const KINDS: { kind: string; add: (person: Person) => Promise<{ list: string; name: string }> }[] = [
  {
    kind: "credential",
    async add(person) {
      const name = unique("leaving");
      await person.addCredential({ name, username: "ada", password: "secret" });
      return { list: `/credentials?search=${name}`, name };
    },
  },
  {
    kind: "project",
    async add(person) {
      const name = unique("leaving");
      await person.open("/settings/projects");
      await person.field("Name").fill(name);
      await person.button(/^(Add|Create)/).click();
      await expect(person.row(name)).toHaveCount(1);
      return { list: "/settings/projects", name };
    },
  },
];

/** From the list to the page of the object, to the question, and yes. */
async function deleteFromItsPage(person: Person, list: string, name: string): Promise<string> {
  await person.open(list);
  await person.row(name).getByRole("link", { name, exact: true }).click();
  await expect(person.main.getByRole("heading", { level: 1 })).toContainText(name);
  const path = new URL(person.page.url()).pathname;
  await person.button("Delete").click();
  await expect(person.page).toHaveURL(/\/delete$/);
  await person.button("Delete").click();
  await expect(person.page).not.toHaveURL(/\/delete$/);
  await expect(person.main.getByRole("status").filter({ hasText: "deleted" })).toBeVisible();
  return path;
}

for (const { kind, add } of KINDS) {
  test(`Back after deleting a ${kind} leads to where one came from`, async ({ person }) => {
    const { list, name } = await add(person);
    const path = await deleteFromItsPage(person, list, name);
    await person.page.evaluate(() => history.back());
    await expect(person.page).toHaveURL(person.origin + list);
    await expect(person.row(name)).toHaveCount(0);
    await expect(person.main).not.toContainText("Page not found");

    // Its address is still an answer: that it is gone, and the way to the list.
    await person.open(path);
    await expect(person.main).toContainText("404");
    await expect(person.main.getByRole("link", { name: /^Go to/ })).toBeVisible();
  });
}

test("a page that the browser kept and that shows what was deleted is loaded anew", async ({ person }) => {
  const { list, name } = await KINDS[0]!.add(person);
  const path = await deleteFromItsPage(person, list, name);
  // Playwright turns the cache for going back off, so its event is made here, on a page that shows the object.
  const restored = (html: string) => person.page.evaluate((html) => {
    document.querySelector("main")?.insertAdjacentHTML("beforeend", html);
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    return document.documentElement.hidden;
  }, html).catch(() => true);
  expect(await restored("<p id=kept>another</p>")).toBe(false);
  await expect(person.page.locator("#kept")).toHaveCount(1);
  expect(await restored(`<a id=stale href="${path}">${name}</a>`)).toBe(true);
  await expect(person.page.locator("#stale")).toHaveCount(0);
  await expect(person.page.locator("#kept")).toHaveCount(0);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("Back leads to a page that says what is gone, and to the list", async ({ person }) => {
    const { list, name } = await KINDS[0]!.add(person);
    await deleteFromItsPage(person, list, name);
    // The question, and the page it stood on.
    await person.page.goBack();
    await expect(person.main).toContainText("404");
    await person.page.goBack();
    await expect(person.main).toContainText("404");
    await person.button("Go to Credentials").click();
    await expect(person.page).toHaveURL(`${person.origin}/credentials`);
  });
});
