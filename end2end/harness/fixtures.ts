// The registries, once for the whole run, and one Hawser that tests share when they need no fresh one.

import { type Browser, type BrowserContextOptions, type Cookie, test as base } from "@playwright/test";
import { Hawser } from "./hawser.ts";
import { HelmRepository } from "./helm.ts";
import { Person } from "./person.ts";
import { Registry } from "./registry.ts";

export { expect } from "@playwright/test";

/** The user of every registry, and the password they begin with. */
export const LOGIN = { user: "hawser-ci", password: "registry password one" };

export class Registries {
  private constructor(readonly basic: Registry, readonly token: Registry, readonly helm: HelmRepository) {}

  static async start(): Promise<Registries> {
    const { user, password } = LOGIN;
    const registries = new Registries(
      await Registry.start("basic", user, password),
      await Registry.start("token", user, password),
      await HelmRepository.start(user, password),
    );
    for (let n = 0; n < 6; n += 1) {
      await registries.basic.push(`team-${n}`, { name: "nginx", version: "1.0.0+build.1", description: "A web server" });
      await registries.token.push(`team-${n}`, { name: "redis", version: "7.2.0" });
    }
    await registries.basic.push("team-0", { name: "nginx", version: "1.2.0" });
    for (const folder of ["stable", "incubator"]) {
      registries.helm.add(folder, { name: "postgresql", version: "15.1.0", description: "<b>A database</b>" });
      registries.helm.add(folder, { name: "postgresql", version: "15.2.0", description: "<b>A database</b>" });
      registries.helm.add(folder, { name: "kafka", version: "3.0.0-rc.1" });
    }
    return registries;
  }

  get all(): { host: string }[] {
    return [this.basic, this.token, this.helm];
  }

  /** Changes the password everywhere, for real. */
  setPassword(password: string): void {
    this.basic.setPassword(password);
    this.token.setPassword(password);
    this.helm.setPassword(password);
  }

  setDelay(milliseconds: number): void {
    this.basic.door.delay = milliseconds;
    this.token.door.delay = milliseconds;
    this.helm.delay = milliseconds;
  }

  /** Ten repositories: five with Basic auth, three with tokens, two over Helm HTTP. */
  ten(): { name: string; url: string }[] {
    const range = (count: number) => [...Array(count).keys()];
    return [
      ...range(5).map((n) => ({ name: `basic-${n}`, url: `oci://${this.basic.host}/team-${n}` })),
      ...range(3).map((n) => ({ name: `token-${n}`, url: `oci://${this.token.host}/team-${n}` })),
      { name: "helm-stable", url: `http://${this.helm.host}/stable` },
      { name: "helm-incubator", url: `http://${this.helm.host}/incubator` },
    ];
  }

  async stop(): Promise<void> {
    await Promise.all([this.basic.stop(), this.token.stop(), this.helm.stop()]);
  }
}

/** A new context of the browser with a person in it. */
export async function newPerson(browser: Browser, hawser: Hawser, options: BrowserContextOptions = {}): Promise<Person> {
  const context = await browser.newContext(options);
  return new Person(await context.newPage(), hawser.origin);
}

interface Shared {
  hawser: Hawser;
  cookies: Cookie[];
}

export const test = base.extend<{ hawser: Hawser; person: Person }, { registries: Registries; shared: Shared }>({
  registries: [async ({}, use) => {
    const registries = await Registries.start();
    await use(registries);
    await registries.stop();
  }, { scope: "worker" }],

  shared: [async ({ registries, browser }, use) => {
    const hawser = await Hawser.start(registries.all);
    const first = await newPerson(browser, hawser);
    await first.setUp(await hawser.setUpLink());
    const cookies = await first.page.context().cookies();
    await first.page.context().close();
    await use({ hawser, cookies });
    await hawser.stop();
  }, { scope: "worker", timeout: 90_000 }],

  /** A Hawser with an account, shared by the tests that leave each other alone. */
  hawser: async ({ shared }, use) => use(shared.hawser),

  /** Somebody who is signed in there. */
  person: async ({ page, shared }, use) => {
    await page.context().addCookies(shared.cookies);
    await use(new Person(page, shared.hawser.origin));
  },
});
