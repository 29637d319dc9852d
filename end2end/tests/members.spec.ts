// A second person: invited by a link, confirmed, at work as an editor, refused what is an admin's, and gone.

import { expect, newPerson, test } from "../harness/fixtures.ts";

const BOB = { name: "Bob Roe", password: "correct horse battery staple" };

for (const javaScriptEnabled of [true, false]) {
  test(`from the invitation to the end, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({ browser, hawser, person }, testInfo) => {
    const email = `bob-${javaScriptEnabled}-${testInfo.retry}@example.com`;
    const name = `${BOB.name} ${javaScriptEnabled}`;
    await person.open("/settings/members");
    await expect(person.navigation("Members")).toHaveAttribute("aria-current", "page");
    await person.button("Invite").click();
    await person.field("Email").fill(email);
    await person.field("Role").selectOption("editor");
    await person.button("Make the link").click();
    const link = await person.main.locator("[data-invitation-link]").innerText();
    expect(link).toMatch(/^https?:\/\/.+\/invitations\/[\w-]{43}$/);
    await person.open("/settings/members/invite");
    await expect(person.main, "the link is shown once").not.toContainText("/invitations/");

    const bob = await newPerson(browser, hawser, { javaScriptEnabled });
    await test.step("accept in another browser", async () => {
      await bob.page.goto(link);
      expect(new URL(bob.page.url()).pathname, "no link stays in the address").toBe("/invitation");
      await expect(bob.main).toContainText(`invites ${email} as editor`);
      // Signing in instead, and back, loses nothing.
      await bob.main.getByRole("link", { name: "Sign in" }).click();
      await bob.open("/invitation");
      await bob.field("Name").fill(name);
      await bob.field("Password").fill(BOB.password);
      await bob.button("Create account and accept").click();
      await expect(bob.main).toContainText("You are in no organization");
    });

    await test.step("confirm", async () => {
      await person.open("/settings/members");
      const waits = person.main.getByRole("listitem").filter({ hasText: name });
      await expect(waits).toContainText("accepted and wants to join as editor");
      await waits.getByRole("button", { name: "Confirm" }).click();
      await expect(person.main).toContainText(`${name} is a member now.`);
      await expect(person.row(name)).toContainText("Editor");
    });

    await test.step("work as an editor, and be refused what is an admin's", async () => {
      await bob.open("/charts/repositories/new");
      await expect(bob.main.getByRole("heading", { level: 1 })).toBeVisible();
      for (const path of ["/credentials/new", "/settings/members/invite", "/audit"]) {
        await bob.open(path);
        await expect(bob.main, path).toContainText("Your role does not allow this.");
      }
      await bob.open("/settings/members");
      await expect(bob.main, "addresses are for admins").not.toContainText("@example.com");
    });

    await test.step("be removed while a page listens", async () => {
      const streams: Promise<unknown>[] = [];
      await bob.open("/");
      if (javaScriptEnabled) {
        // The stream of an open page ends by itself, in the seconds in which rights end.
        streams.push(bob.page.evaluate(() => new Promise((ended) => {
          const stream = new EventSource("/events/organization");
          stream.addEventListener("error", () => ended(stream.readyState));
          stream.addEventListener("open", () => { document.documentElement.dataset["stream"] = "open"; });
        })));
        await expect(bob.page.locator("html")).toHaveAttribute("data-stream", "open");
      }
      await person.open("/settings/members");
      await person.row(name).getByRole("link", { name }).click();
      await person.button("Remove…").click();
      await expect(person.main).toContainText("Coming back takes a new invitation");
      const removed = Date.now();
      await person.button("Remove").click();
      await expect(person.main).toContainText("They are no member any more.");
      await Promise.all(streams);
      if (javaScriptEnabled) testInfo.annotations.push({ type: "stream ended after ms", description: String(Date.now() - removed) });
      await bob.open("/credentials");
      await expect(bob.main).toContainText("You are in no organization");
      await expect(person.row(name)).toHaveCount(0);
    });
    await bob.page.context().close();
  });
}

test("a link that does not count says what helps, and no more", async ({ browser, hawser }) => {
  const nobody = await newPerson(browser, hawser);
  await nobody.page.goto(`${hawser.origin}/invitations/q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA`);
  await expect(nobody.main).toContainText("Ask whoever sent it for a new one.");
  await nobody.page.context().close();
});
