// What a person does in the browser, in the words of the interface. Everything here works with and
// without JavaScript.

import { type Locator, type Page, expect } from "@playwright/test";
import { until } from "./process.ts";

export const ACCOUNT = {
  organization: "Harbour Works",
  name: "Ada Lovelace",
  email: "ada@example.com",
  password: "correct horse battery staple",
};

export interface CredentialForm {
  name: string;
  username: string;
  password: string;
  provider?: string;
  /** How it authenticates; a user name and password unless told otherwise. */
  shape?: string;
  description?: string;
}

export interface RepositoryForm {
  url: string;
  name: string;
  credential?: string;
}

export interface ExportForm {
  name: string;
  /** The code of a consumer. */
  consumer: string;
  /** What is ticked: a credential or repository. */
  pick: string;
  /** How secret values travel, by label. */
  carrier?: string;
  /** What else is typed, by label. */
  fields?: Record<string, string>;
}

export interface TargetForm {
  name: string;
  credential: string;
  url: string;
  /** The export that is ticked. */
  exported: string;
  /** `clusters/prod` when it is left out. */
  folder?: string;
}

export class Person {
  constructor(readonly page: Page, readonly origin: string) {}

  get main(): Locator {
    return this.page.locator("main");
  }

  /** A field of the form by the beginning of its label. */
  field(label: string): Locator {
    return this.main.getByLabel(new RegExp(`^${label}\\b`)).and(this.page.locator("input, select, textarea")).first();
  }

  button(name: string | RegExp): Locator {
    const pattern = typeof name === "string" ? new RegExp(`^${name}$`) : name;
    return this.main.getByRole("button", { name: pattern }).or(this.main.getByRole("link", { name: pattern })).first();
  }

  row(text: string): Locator {
    return this.main.getByRole("row").filter({ hasText: text });
  }

  async open(path: string): Promise<void> {
    const go = () => this.page.goto(this.origin + path);
    // A form that was just sent may still be on its own way to the next page.
    await go().catch((error: unknown) => {
      if (!String(error).includes("ERR_ABORTED")) throw error;
      return go();
    });
  }

  /** Opens a tab of the page of one thing. */
  async openTab(path: string, tab: string): Promise<void> {
    await this.open(`${path}?tab=${tab}`);
  }

  /** Opens the one-time link and makes the first account. */
  async setUp(link: string): Promise<void> {
    await this.page.goto(link);
    const form = this.main.locator("form").first();
    await form.locator('[name="organization"], [name$="[organization]"]').fill(ACCOUNT.organization);
    await form.locator('[name="name"], [name$="[name]"]').fill(ACCOUNT.name);
    await form.locator('[name="email"], [name$="[email]"]').fill(ACCOUNT.email);
    await form.locator('input[type="password"]').fill(ACCOUNT.password);
    await form.getByRole("button").last().click();
    await expect(this.page).not.toHaveURL(/\/setup\//);
    if (new URL(this.page.url()).pathname === "/sign-in") await this.signIn();
    await expect(this.navigation("Credentials")).toBeVisible();
  }

  async signIn(password = ACCOUNT.password): Promise<void> {
    if (new URL(this.page.url()).pathname !== "/sign-in") await this.open("/sign-in");
    await this.field("Email").fill(ACCOUNT.email);
    await this.field("Password").fill(password);
    await this.button("Sign in").click();
  }

  navigation(name: string): Locator {
    return this.page.getByRole("navigation").getByRole("link", { name, exact: true }).first();
  }

  /** Fills the form at /credentials/new without sending it. */
  async fillCredential(form: CredentialForm): Promise<void> {
    const [provider, shape] = [form.provider ?? "generic_registry", form.shape ?? "password"];
    await this.open(`/credentials/new?provider=${provider}&shape=${shape}`);
    await this.field("Name").fill(form.name);
    // Some shapes read it from the key.
    if (form.username) await this.field("Username").fill(form.username);
    await this.field("Password").fill(form.password);
    await this.field("Description").fill(form.description ?? "");
  }

  /** Adds a credential; answers the path of its page. */
  async addCredential(form: CredentialForm): Promise<string> {
    await this.fillCredential(form);
    await this.button("Create").click();
    await expect(this.page).not.toHaveURL(/\/credentials\/new/);
    return this.credentialPath(form.name);
  }

  /** The path of a credential's page, found in the table. */
  async credentialPath(name: string): Promise<string> {
    return this.pathOf("/credentials", name);
  }

  /** The path of a repository's page, found in the table. */
  async repositoryPath(name: string): Promise<string> {
    return this.pathOf("/charts/repositories", name);
  }

  async fillRepository(form: RepositoryForm): Promise<void> {
    await this.open("/charts/repositories/new");
    await this.field("URL").fill(form.url);
    await this.field("Name").fill(form.name);
    if (form.credential) await this.choose("Credential", form.credential);
  }

  async addRepository(form: RepositoryForm): Promise<void> {
    await this.fillRepository(form);
    await this.send();
    await this.allowIfAsked();
    await expect(this.page).not.toHaveURL(/\/charts\/repositories\/new/);
  }

  /** Agrees to the address of a repository where the form asks for it before it goes on. */
  async allowIfAsked(): Promise<void> {
    const allow = this.main.locator("[data-ways]").getByRole("button", { name: / and allow / });
    const here = /\/charts\/repositories\/new/;
    await expect.poll(async () => !here.test(this.page.url()) || (await allow.count()) > 0).toBe(true);
    if (here.test(this.page.url())) await allow.click();
  }

  /** Allows an address on the page of a credential. */
  async allowAddress(credential: string, url: string): Promise<void> {
    await this.openTab(await this.credentialPath(credential), "access");
    await this.field("Address").fill(url);
    await this.main.locator("#addresses").getByRole("button", { name: "Allow", exact: true }).last().click();
    await expect(this.main).toContainText("The address is allowed.");
  }

  /** Saves the settings of a repository, and agrees to its address where the button says so or the form asks. */
  async saveRepository(): Promise<void> {
    await this.main.locator("#edit").getByRole("button", { name: /^Save/ }).last().click();
    const allow = this.main.locator("#edit [data-ways]").getByRole("button", { name: / and allow / });
    const saved = this.main.getByText("Saved.");
    // The page may say so of the save before.
    await expect(this.page.locator("form[data-busy]")).toHaveCount(0);
    await expect(saved.or(allow).first()).toBeVisible();
    if (await allow.count()) await allow.click();
    await expect(saved.first()).toBeVisible();
  }

  /** Picks the option that holds `text`. */
  async choose(label: string, text: string): Promise<void> {
    const select = this.field(label);
    const value = await select.locator("option", { hasText: text }).first().getAttribute("value");
    await select.selectOption(value ?? { label: text });
  }

  /** Presses the button that sends an add form. */
  async send(): Promise<void> {
    await this.main.getByRole("button", { name: /^(Create|Add|Add repository|Add and allow .+)$/ }).last().click();
  }

  /** Changes the password of a credential and saves. */
  async changePassword(credential: string, password: string): Promise<void> {
    await this.openTab(await this.credentialPath(credential), "versions");
    await this.field("Password").fill(password);
    await this.button("Save").click();
  }

  /** Adds an export; answers the path of its page. */
  async addExport({ name, consumer, pick, carrier = "External Secrets Operator", fields = {} }: ExportForm): Promise<string> {
    await this.open(`/gitops/exports/new?consumer=${consumer}`);
    await this.field("Name").fill(name);
    await this.main.getByRole("checkbox", { name: new RegExp(`^${pick}`) }).check();
    await this.main.getByRole("radio", { name: new RegExp(`^${carrier}`) }).check();
    for (const [label, value] of Object.entries(fields)) await this.field(label).fill(value);
    await this.button("Create").click();
    await expect(this.page).toHaveURL(/\/gitops\/exports\/[0-9a-f-]{36}/);
    return new URL(this.page.url()).pathname;
  }

  /** Adds a Git target that writes to clusters/prod on main; answers the path of its page. */
  async addTarget({ name, credential, url, exported, folder = "clusters/prod" }: TargetForm): Promise<string> {
    await this.open("/gitops/targets/new");
    await this.field("Name").fill(name);
    await this.choose("Credential", credential);
    await this.field("Repository").fill(url);
    await this.field("Branch").fill("main");
    await this.field("Folder").fill(folder);
    await this.main.getByRole("checkbox", { name: new RegExp(`^${exported}`) }).check();
    await this.button("Create").click();
    // Nothing is pushed before somebody has looked.
    await expect(this.page).toHaveURL(/\/gitops\/targets\/[0-9a-f-]{36}\/preview/);
    return new URL(this.page.url()).pathname.replace(/\/preview$/, "");
  }

  /** Loads a page until it says `text`. */
  async untilText(path: string, text: string, seconds = 40): Promise<void> {
    await until(`${path} to say ${text}`, async () => {
      await this.open(path);
      return (await this.main.innerText()).includes(text);
    }, seconds);
  }

  async syncAll(): Promise<void> {
    await this.open("/charts/repositories");
    // What the page says of it passes as soon as nothing is on its way any more.
    const sent = this.page.waitForResponse((answer) => answer.request().method() === "POST");
    await this.button(/^Sync all/).click();
    expect((await sent).status()).toBeLessThan(400);
  }

  /** Reloads the table of repositories until `count` rows hold `text`. */
  async untilRepositories(text: string | RegExp, count: number, seconds = 60): Promise<void> {
    let seen = "";
    await until(`${count} repositories to be ${text}`, async () => {
      await this.open("/charts/repositories");
      const rows = this.main.locator("tbody tr");
      const texts = await rows.allInnerTexts().catch((error: unknown) => {
        // A form that was just sent may still lead to its own next page.
        if (String(error).includes("Execution context was destroyed")) return undefined;
        throw error;
      });
      if (!texts) return false;
      seen = texts.join("\n");
      return await rows.filter({ hasText: text }).count() === count;
    }, seconds).catch((error: unknown) => { throw new Error(`${String(error)}\n${seen}`); });
  }

  /** The lines of the update's progress in this state. */
  deliveries(state: string): Locator {
    return this.main.locator(".progress li[data-state]").filter({ hasText: state });
  }

  private async pathOf(list: string, name: string): Promise<string> {
    await this.open(`${list}?search=${encodeURIComponent(name)}`);
    const link = this.main.getByRole("link", { name, exact: true }).first();
    const path = await link.getAttribute("href");
    if (!path) throw new Error(`${list} has no link to ${name}`);
    return path;
  }
}
