// The server is killed in the middle of an update. After the restart it finishes by itself.

import { LOGIN, expect, newPerson, test } from "../harness/fixtures.ts";
import { Hawser } from "../harness/hawser.ts";
import { until } from "../harness/process.ts";

test("a server killed during an update finishes it after the restart", async ({ browser, registries }) => {
  test.setTimeout(180_000);
  registries.setPassword(LOGIN.password);
  const hawser = await Hawser.start(registries.all);
  try {
    const person = await newPerson(browser, hawser);
    await person.setUp(await hawser.setUpLink());
    await person.addCredential({ name: "registry-login", username: LOGIN.user, password: LOGIN.password });
    for (const repository of registries.ten()) await person.addRepository({ ...repository, credential: "registry-login" });
    await person.untilRepositories("Healthy", 10);

    const changed = `changed ${Date.now()}`;
    registries.setPassword(changed);
    registries.setDelay(1_500);
    const before = registries.basic.door.requests.length;
    await person.changePassword("registry-login", changed);
    await until("the first delivery to reach a registry", () => registries.basic.door.requests.length > before);
    const unfinished = await person.deliveries("Healthy").count();
    await hawser.kill();
    expect(unfinished, "the kill came in the middle").toBeLessThan(10);
    const left = hawser.leftovers();

    registries.setDelay(0);
    await hawser.restart();
    // The new server ended the OpenBao that the killed one left behind, and runs its own.
    const running = hawser.leftovers();
    expect(running.filter((pid) => left.includes(pid))).toEqual([]);
    // Nobody does anything: the deliveries go on once their leases run out, and the session still counts.
    await person.untilRepositories("Healthy", 10, 90);
    await person.openTab(await person.credentialPath("registry-login"), "versions");
    await expect(async () => {
      await person.page.reload();
      await expect(person.main).toContainText("10 places healthy", { timeout: 500 });
    }).toPass({ timeout: 90_000 });

    // The new password is the one that counts: an ordinary sync works too.
    await person.syncAll();
    await person.untilRepositories("Healthy", 10);
    await person.page.context().close();
  } finally {
    registries.setDelay(0);
    await hawser.stop();
  }
});
