// How pages look and tell times: chosen in the account menu, kept, and the same in the next visit.

import { expect, test } from "../harness/fixtures.ts";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("the theme is chosen at once and kept", async ({ person }) => {
      const { page } = person;
      const html = page.locator("html");
      const menu = page.locator("details.account");
      for (const [label, theme] of [["Dark", "dark"], ["Light", "light"], ["System", "system"]] as const) {
        await person.open("/credentials");
        await menu.locator("summary").click();
        await menu.getByRole("button", { name: label, exact: true }).click();
        await expect(html).toHaveAttribute("data-theme", theme);
        await expect(menu.locator("[name=theme][aria-pressed=true]")).toHaveText(label);
        // Left at once: what was chosen arrives all the same.
        await expect(async () => {
          await person.open("/audit");
          await expect(html).toHaveAttribute("data-theme", theme, { timeout: 500 });
        }).toPass();
      }
    });
  });
}

test.describe("in another time zone", () => {
  test.use({ timezoneId: "Asia/Tokyo" });

  test("exact times are told in the zone that was chosen", async ({ person }) => {
    const { page } = person;
    await person.open("/audit");
    const time = person.main.locator("time[title]").first();
    const title = async () => {
      await time.hover();
      return await time.getAttribute("title") ?? "";
    };
    const at = new Date(await time.getAttribute("datetime") ?? "");
    const inZone = (timeZone: string) => at.toLocaleTimeString("en", { timeZone, hour: "numeric" }).split(/\s/)[0] ?? "";
    expect(await title()).toContain("GMT+9");
    expect(await title()).toMatch(new RegExp(`\\b${inZone("Asia/Tokyo")}:`));
    await page.locator("details.account summary").click();
    await page.locator("details.account").getByRole("button", { name: "UTC", exact: true }).click();
    await page.keyboard.press("Escape");
    await person.open("/audit");
    expect(await title()).toContain("UTC");
    expect(await title()).not.toContain("GMT+9");
  });
});
