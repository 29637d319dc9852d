// Search: the palette by the keyboard alone, and the page without JavaScript.

import { randomUUID } from "node:crypto";
import { LOGIN, expect, test } from "../harness/fixtures.ts";

const unique = (name: string) => `${name}-${randomUUID().slice(0, 8)}`;

test("the palette finds, moves and opens by the keyboard, and gives the focus back", async ({ person, registries }) => {
  registries.setPassword(LOGIN.password);
  const { page, main } = person;
  const name = unique("seeker");
  const path = await person.addCredential({ name, username: LOGIN.user, password: LOGIN.password });
  await person.open("/charts/catalog");
  const palette = page.getByRole("dialog", { name: "Search" });
  const input = palette.getByRole("combobox");
  const chosen = palette.getByRole("option", { selected: true });

  await test.step("opens from anywhere, and Escape gives the focus back", async () => {
    await expect(page.locator(".search-field kbd")).not.toBeEmpty();
    const link = person.navigation("Notices");
    await link.focus();
    await page.keyboard.press("Control+k");
    await expect(input).toBeFocused();
    await expect(palette.getByRole("option", { name: /^Add a credential/ })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(palette).toBeHidden();
    await expect(link).toBeFocused();
  });

  await test.step("finds as one types, and the arrows choose", async () => {
    await page.keyboard.press("/");
    await page.keyboard.type(name);
    await expect(chosen).toContainText(name);
    expect(await input.getAttribute("aria-activedescendant")).toBe(await chosen.getAttribute("id"));
    await page.keyboard.press("ArrowDown");
    await expect(chosen).toContainText(`Change the secret of ${name}`);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(person.origin + path);
  });

  await test.step("a pasted URL is explained or added", async () => {
    await page.keyboard.press("Control+k");
    await page.keyboard.insertText("oci://ghcr.io/acme/charts");
    await expect(palette.getByRole("option", { name: /^Add this repository/ })).toBeVisible();
    await expect(chosen).toContainText("Explain this URL");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/credentials\/explain\?url=oci/);
  });

  await test.step("what is found nowhere is said", async () => {
    await page.keyboard.press("Control+k");
    await page.keyboard.insertText("<b>nothing has this name</b>");
    await expect(palette.getByRole("status")).toContainText("Nothing has words that begin with");
    await expect(palette.locator("b")).toHaveCount(0);
    await page.keyboard.press("Escape");
  });

  await test.step("letters lead to pages, but not while one types", async () => {
    await main.focus();
    await page.keyboard.press("g");
    await page.keyboard.press("r");
    await expect(page).toHaveURL(/\/charts\/repositories$/);
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toContainText("Repositories");
    await page.keyboard.press("Escape");
    await person.open("/credentials/new?provider=generic_registry");
    await person.field("Name").focus();
    await page.keyboard.type("g/r?");
    await expect(person.field("Name")).toHaveValue("g/r?");
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the field leads to a page of results", async ({ person }) => {
    const { page, main } = person;
    const name = unique("plain");
    const path = await person.addCredential({ name, username: LOGIN.user, password: LOGIN.password });
    const field = page.getByRole("searchbox", { name: "Search Hawser" });
    await field.fill(name);
    await field.press("Enter");
    await expect(page).toHaveURL(/\/search\?q=plain/);
    await expect(main.getByRole("link", { name }).first()).toHaveAttribute("href", path);
    await person.field("Name, URL or page").fill("x".repeat(3_000));
    await person.button("Search").click();
    await expect(main).toContainText("That is longer than any name.");
    await person.open("/search");
    await expect(main.getByRole("link", { name: /Audit log/ })).toBeVisible();
  });
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("credentials are searched beside the drop-down, and the form keeps what was typed", async ({ person }) => {
      const [wanted, other] = [unique("quay"), unique("acr")];
      for (const name of [wanted, other]) await person.addCredential({ name, username: "ada", password: "secret" });
      // The field stands beside lists that hold only a part; a search in the address makes this one.
      await person.open(`/charts/repositories/new?search=${unique("nothing")}`);
      const { main } = person;
      const found = main.locator("[data-found-here]");
      const options = person.field("Credential").locator("option");
      await expect(found).toHaveText("No credential has this in its name.");
      await person.field("URL").fill("https://charts.example.com/stable");
      await person.field("Name").fill("typed before");
      await main.getByLabel("Search credentials").fill(wanted);
      if (!javaScriptEnabled) await person.button("Search").click();
      await expect(found).toHaveText("1 credential below.");
      await expect(options.filter({ hasText: wanted })).toHaveCount(1);
      await expect(options.filter({ hasText: other })).toHaveCount(0);
      await expect(person.field("URL")).toHaveValue("https://charts.example.com/stable");
      await expect(person.field("Name")).toHaveValue("typed before");
    });
  });
}
