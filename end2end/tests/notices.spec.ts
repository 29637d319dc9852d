// The page of notices, and its webhook.

import { expect, test } from "../harness/fixtures.ts";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("the webhook is kept, and private addresses are refused", async ({ person }) => {
      await person.open("/credentials");
      await person.navigation("Notices").click();
      await expect(person.main.getByRole("heading", { name: "Notices", exact: true })).toBeVisible();
      for (const address of ["http://hooks.example.com/a", "https://10.0.0.1/hook", "https://ada:secret@hooks.example.com/a"]) {
        await person.open("/settings/notices");
        await person.field("Webhook").fill(address);
        await person.button("Save").click();
        await expect(person.field("Webhook"), address).toHaveAttribute("aria-invalid", "true");
      }
      await person.field("Webhook").fill("https://hooks.example.com/hawser");
      await person.button("Save").click();
      await expect(person.main).toContainText("Saved. The next notice is sent there too.");
      await person.open("/settings/notices");
      await expect(person.field("Webhook")).toHaveValue("https://hooks.example.com/hawser");
      await person.field("Webhook").fill("");
      await person.button("Save").click();
      await expect(person.main).toContainText("Saved. Notices stay in Hawser.");
    });
  });
}
