// What the server says beside the page: content security policy, cookies, caching, health.

import { expect, newPerson, test } from "../harness/fixtures.ts";

const PAGES = [
  "/credentials", "/credentials/new", "/credentials/new?provider=ghcr", "/charts/repositories",
  "/charts/repositories/new", "/charts/catalog", "/audit",
];

test("no page breaks the policy or complains in the console", async ({ person }) => {
  const complaints: string[] = [];
  person.page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`${person.page.url()}: ${message.text()}`);
  });
  person.page.on("pageerror", (error) => complaints.push(`${person.page.url()}: ${error.message}`));
  person.page.on("requestfailed", (request) => {
    // Leaving a page ends its event stream.
    if (!request.failure()?.errorText.includes("ERR_ABORTED")) complaints.push(`${request.url()}: ${request.failure()?.errorText}`);
  });
  for (const path of PAGES) {
    await person.open(path);
    await person.page.waitForLoadState("load");
    // The module has arrived and the islands work.
    await person.page.waitForFunction(() => document.querySelector("leptos-island") === null || "awake" in document.documentElement.dataset);
  }
  expect(complaints).toEqual([]);
});

test("pages carry a strict policy and are not stored", async ({ person }) => {
  const nonces = new Set<string>();
  for (const path of PAGES) {
    const response = await person.page.goto(person.origin + path);
    const headers = response?.headers() ?? {};
    const policy = headers["content-security-policy"] ?? "";
    expect(policy, path).toContain("default-src 'none'");
    for (const wanted of ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]) {
      expect(policy, path).toContain(wanted);
    }
    expect(policy, path).not.toContain("unsafe-inline");
    expect(policy.replaceAll("'wasm-unsafe-eval'", ""), path).not.toContain("unsafe-eval");
    nonces.add(policy.match(/'nonce-([^']+)'/)?.[1] ?? "none");
    expect(headers["x-content-type-options"], path).toBe("nosniff");
    expect(headers["referrer-policy"], path).toMatch(/no-referrer|same-origin/);
    expect(headers["cross-origin-opener-policy"], path).toBe("same-origin");
    expect(headers["cache-control"], path).toContain("no-store");
    expect(await person.page.locator("[style], style").count(), `${path} has no inline style`).toBe(0);
  }
  expect(nonces.size, "every answer has a nonce of its own").toBe(PAGES.length);
});

test("the session cookie cannot be read or sent from elsewhere", async ({ person }) => {
  const cookies = await person.page.context().cookies();
  expect(cookies.length).toBeGreaterThan(0);
  for (const cookie of cookies) {
    expect(cookie.httpOnly, cookie.name).toBe(true);
    // What a browser is known by is only read where passwords are typed.
    expect(cookie.sameSite, cookie.name).toBe(cookie.name.includes("known") ? "Strict" : "Lax");
    expect(cookie.path, cookie.name).toBe("/");
  }
  await person.open("/credentials");
  const document = await person.page.evaluate(() => window.document.cookie);
  expect(document).toBe("");
});

test("a form from another site is refused", async ({ person }) => {
  const cookies = await person.page.context().cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  await person.open("/credentials/new?provider=ghcr");
  const action = await person.main.locator("form[method=post], form[method=POST]").first().getAttribute("action") ?? "";
  const answer = await fetch(new URL(action, person.page.url()), {
    method: "POST", redirect: "manual", body: new URLSearchParams({ name: "forged" }),
    headers: { cookie, origin: "https://evil.example", "sec-fetch-site": "cross-site" },
  });
  expect(answer.status).toBe(403);
});

test("the bundle is compressed and kept for ever, pages change with the session", async ({ person }) => {
  const bundle = new Map<string, Record<string, string>>();
  person.page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.startsWith("/pkg/")) bundle.set(pathname, response.headers());
  });
  // A page with a form: pages without islands load no module.
  await person.open("/credentials/new?provider=ghcr");
  await person.page.waitForLoadState("networkidle");
  const names = [...bundle.keys()];
  for (const ending of [".js", ".wasm", ".css"]) expect(names.some((name) => name.endsWith(ending)), `${ending} among ${names}`).toBe(true);
  for (const [path, headers] of bundle) {
    expect(headers["cache-control"], path).toContain("immutable");
    expect(headers["content-encoding"], path).toMatch(/^(br|gzip)$/);
    expect(headers["vary"]?.toLowerCase(), path).toContain("accept-encoding");
  }
  const wasm = [...bundle].find(([path]) => path.endsWith(".wasm"))?.[1];
  expect(wasm?.["content-type"]).toBe("application/wasm");
});

test("health, readiness and metrics answer", async ({ hawser, browser }) => {
  expect((await fetch(`${hawser.origin}/healthz`)).status).toBe(200);
  expect((await fetch(`${hawser.origin}/readyz`)).status).toBe(200);
  const metrics = await fetch(hawser.metrics);
  expect(metrics.status).toBe(200);
  // On their own port only.
  const stranger = await newPerson(browser, hawser);
  const page = await stranger.page.goto(`${hawser.origin}/metrics`);
  expect(await page?.text()).not.toContain("# TYPE");
  await stranger.page.context().close();
});
