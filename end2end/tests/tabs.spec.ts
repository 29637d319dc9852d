// Tabs of a page: each has an address, a form comes back to the one it stands on, and changes that nobody saved are
// asked about.

import { randomUUID } from "node:crypto";
import { LOGIN, expect, test } from "../harness/fixtures.ts";

const unique = (name: string) => `${name}-${randomUUID().slice(0, 8)}`;

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a form comes back to its tab, and the overview says what is opened", async ({ person, registries }) => {
      registries.setPassword(LOGIN.password);
      const { main, page } = person;
      const [name, repository] = [unique("tabbed"), unique("opened")];
      const path = await person.addCredential({ name, username: LOGIN.user, password: LOGIN.password });
      await person.addRepository({ url: `oci://${registries.basic.host}/team-0`, name: repository, credential: name });
      const tab = (label: string) => main.getByRole("navigation", { name: "Parts of this page" }).getByRole("link", { name: label });

      await person.open(path);
      await expect(tab("Overview")).toHaveAttribute("aria-current", "page");
      await expect(main.locator(".answers")).toContainText("1 repository");
      await expect(main.getByRole("listitem").filter({ hasText: repository })).toBeVisible();
      await main.locator(".map text").filter({ hasText: repository }).click();
      await expect(page).toHaveURL(/\/charts\/repositories\/[0-9a-f-]{36}$/);

      await person.open(path);
      await tab("Settings").focus();
      await page.keyboard.press("Enter");
      await expect(page).toHaveURL(`${person.origin}${path}?tab=settings`);
      await person.field("Name").fill("");
      await person.button("Save").click();
      await expect(person.field("Name")).toHaveAttribute("aria-invalid", "true");
      await person.field("Name").fill(name);
      await person.field("Description").fill("for the platform team");
      await person.button("Save").click();
      await expect(main).toContainText("Saved.");
      await expect(page).toHaveURL(`${person.origin}${path}?tab=settings`);
      await person.openTab(path, "access");
      await person.field("Address").fill("https://charts.example.com");
      await main.getByRole("button", { name: "Allow", exact: true }).last().click();
      await expect(main).toContainText("The address is allowed.");
      await expect(page).toHaveURL(`${person.origin}${path}?tab=access`);
      await person.openTab(path, "activity");
      await expect(main).toContainText("Changed the name or description of a credential");
      await person.openTab(path, "no-such-tab");
      await expect(tab("Overview")).toHaveAttribute("aria-current", "page");
    });
  });
}

test("changes that nobody saved are asked about, and a rule is told as the field is left", async ({ person }) => {
  const { page } = person;
  const path = await person.addCredential({ name: unique("unsaved"), username: "ada", password: "secret" });
  await person.openTab(path, "settings");
  await page.waitForFunction(() => "awake" in document.documentElement.dataset);
  const asked: string[] = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    return dialog.accept();
  });
  const leave = async () => {
    await person.main.getByRole("link", { name: "Activity", exact: true }).click();
    await expect(page).toHaveURL(/tab=activity/);
  };
  await leave();
  expect(asked).toEqual([]);

  await person.openTab(path, "settings");
  await person.field("Description").fill("typed");
  await person.field("Description").fill("");
  await leave();
  expect(asked, "nothing differs any more").toEqual([]);

  await person.openTab(path, "settings");
  await person.field("Description").fill("typed");
  await leave();
  expect(asked).toEqual(["beforeunload"]);

  await person.openTab(path, "settings");
  await expect(person.field("Description")).toHaveValue("");
  await person.field("Description").fill("saved");
  await person.button("Save").click();
  await expect(person.main).toContainText("Saved.");
  await leave();
  expect(asked).toEqual(["beforeunload"]);

  await person.open("/charts/repositories/new");
  const rule = person.main.getByText("Type a URL such as https://charts.example.com");
  await expect(rule).toBeHidden();
  await person.field("URL").pressSequentially("https://ada:secret@charts.example.com");
  await person.field("Name").focus();
  await expect(rule).toBeVisible();
  await person.field("URL").fill("helm repo add acme https://charts.example.com");
  await person.field("Name").focus();
  await expect(rule).toBeHidden();
});

test("a button says that its work is under way, once that takes a while", async ({ person, registries }) => {
  registries.setPassword(LOGIN.password);
  await person.fillCredential({ name: unique("pending"), username: LOGIN.user, password: LOGIN.password });
  await person.page.waitForFunction(() => "awake" in document.documentElement.dataset);
  await person.page.route("**/actions/credentials/create", async (route) => {
    await expect(person.main.getByRole("button", { name: "Creating…" })).toBeVisible();
    await route.continue();
  });
  await person.button("Create").click();
  await expect(person.page).not.toHaveURL(/\/credentials\/new/);
});
