// A canary: one password that must be in Vault and nowhere else.

import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { LOGIN, expect, newPerson, test } from "../harness/fixtures.ts";
import { Hawser } from "../harness/hawser.ts";
import { ACCOUNT } from "../harness/person.ts";

const CANARIES = ["canary-4f1d7c2e9b", "canary-8a60b3d5f2"] as const;

/** The canary as it is, and as programs like to write it. */
function spellings(): string[] {
  return CANARIES.flatMap((canary) => [
    canary,
    Buffer.from(`${LOGIN.user}:${canary}`).toString("base64"),
    Buffer.from(canary).toString("base64").replace(/=+$/, "").slice(0, -1),
    Buffer.from(canary).toString("hex"),
  ]).concat(ACCOUNT.password);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return [];
    return found.isDirectory() ? filesBelow(path) : found.isFile() ? [path] : [];
  });
}

test("a password reaches neither pages nor logs nor files", async ({ browser, registries }) => {
  test.setTimeout(180_000);
  registries.setPassword(CANARIES[0]);
  const hawser = await Hawser.start(registries.all, { HAWSER_LOG: "trace" });
  const answers: { url: string; body: string }[] = [];
  try {
    const person = await newPerson(browser, hawser);
    const reading: Promise<void>[] = [];
    person.page.on("response", (response) => {
      // The event stream has no end to wait for.
      if (response.headers()["content-type"]?.startsWith("text/event-stream")) return;
      reading.push(response.body().then(
        (body) => { answers.push({ url: response.url(), body: body.toString("latin1") + JSON.stringify(response.headers()) }); },
        () => undefined,
      ));
    });
    await person.setUp(await hawser.setUpLink());
    const credential = await person.addCredential({ name: "canary", username: LOGIN.user, password: CANARIES[0] });
    // A refused form must not bring the password back either.
    await person.fillCredential({ name: "CANARY", username: LOGIN.user, password: CANARIES[1] });
    await person.button("Create").click();
    await expect(person.field("Name")).toHaveAttribute("aria-invalid", "true");
    await person.addRepository({ url: `oci://${registries.basic.host}/team-0`, name: "basic", credential: "canary" });
    await person.addRepository({ url: `oci://${registries.token.host}/team-0`, name: "token", credential: "canary" });
    await person.addRepository({ url: `http://${registries.helm.host}/stable`, name: "helm", credential: "canary" });
    await person.untilRepositories("Healthy", 3);
    registries.setPassword(CANARIES[1]);
    await person.syncAll();
    await person.untilRepositories(/401 Unauthorized|Credential paused/, 3);
    await person.changePassword("canary", CANARIES[1]);
    await person.untilRepositories("Healthy", 3);
    for (const path of ["/credentials", credential, `${credential}/delete`, "/charts/repositories", "/charts/catalog", "/audit"]) {
      await person.open(path);
    }
    const metrics = await fetch(hawser.metrics);
    answers.push({ url: hawser.metrics, body: await metrics.text() });
    await Promise.all(reading);
    await person.page.context().close();

    const places = [
      ...answers.map(({ url, body }) => ({ place: url, text: body })),
      { place: "the log", text: hawser.log },
      ...filesBelow(hawser.dataDir).map((path) => ({ place: path, text: readFileSync(path, "latin1") })),
    ];
    const names = places.map(({ place }) => place).join("\n");
    expect(names, "the database was looked at").toContain("hawser.db");
    expect(names, "the bundle was looked at").toContain("/pkg/");
    expect(hawser.log.length, "the log was looked at").toBeGreaterThan(10_000);
    for (const spelling of spellings()) {
      const found = places.filter(({ text }) => text.includes(spelling)).map(({ place }) => place);
      expect(found, `${spelling} was found`).toEqual([]);
    }
  } finally {
    registries.setPassword(LOGIN.password);
    await hawser.stop();
  }
});
