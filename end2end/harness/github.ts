// A stub of GitHub for the browser: what it checks, GitHub checks, and refuses in the same way. Codes,
// device codes and refresh tokens work once; PKCE, callback and client secret are compared; refusals of
// the token endpoint come with status 200 and words that nobody may show.

import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const CLIENT = "Iv23liSTUB";
export const SECRET = "canary-client-secret";
/** The words of every refusal. */
export const WORDS = "canary-words <b>by GitHub</b>";

type Account = { id: number; login: string };
type Device = "pending" | "agreed" | "refused" | "expired";

export class GitHub {
  /** Who agrees from now on. */
  account: Account = { id: 583231, login: "octocat" };
  /** Whether the person agrees on the page, or refuses. */
  agrees = true;
  /** The life of access tokens in seconds; 0 for those of an OAuth app. */
  life = 28800;
  /** How the person with a device code stands. */
  device: Device = "pending";
  repositories: string[] = [];
  installations: { id: number; account: string }[] = [];
  readonly revoked: string[] = [];
  refreshed = 0;
  private made = 0;
  private callback = "";
  private readonly codes = new Map<string, { challenge: string; scope: string; account: Account }>();
  private readonly devices = new Set<string>();
  private readonly tokens = new Map<string, { account: Account; scope: string }>();
  private readonly refresh = new Map<string, Account>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<GitHub> {
    const server = createServer();
    const github = new GitHub(server);
    server.on("request", (incoming, outgoing) => {
      void github.answer(incoming, outgoing).catch(() => github.json(outgoing, 500, { message: WORDS }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return github;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get origin(): string {
    return `http://${this.host}`;
  }

  /** The access tokens that open something. */
  get living(): string[] {
    return [...this.tokens.keys()];
  }

  /** The settings of a Hawser that connects accounts here. */
  settings(): Record<string, string> {
    const file = join(mkdtempSync(join(tmpdir(), "hawser-github-")), "secret");
    writeFileSync(file, SECRET, { mode: 0o600 });
    return {
      HAWSER_GITHUB_URL: this.origin,
      HAWSER_GITHUB_CLIENT_ID: CLIENT,
      HAWSER_GITHUB_CLIENT_SECRET_FILE: file,
    };
  }

  /** The origin of the Hawser whose callback is registered with the client. */
  registers(hawser: string): void {
    this.callback = `${hawser}/oauth/github/callback`;
  }

  /** The person revokes everything in GitHub's settings. */
  revokeAll(): void {
    this.tokens.clear();
    this.refresh.clear();
  }

  private make(kind: string): string {
    this.made += 1;
    return `${kind}${this.made}canary`;
  }

  private json(outgoing: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
    outgoing.writeHead(status, { "content-type": "application/json", ...headers });
    outgoing.end(JSON.stringify(body));
  }

  private refuse(outgoing: ServerResponse, error: string): void {
    this.json(outgoing, 200, { error, error_description: WORDS, error_uri: "https://canary.example" });
  }

  private async answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? "/", this.origin);
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    const route = `${incoming.method ?? ""} ${url.pathname}`;
    switch (route) {
      case "GET /login/oauth/authorize": return this.authorize(url, outgoing);
      case "GET /login/device": return this.typed(outgoing);
      case "POST /login/oauth/access_token": return this.token(incoming, new URLSearchParams(body), outgoing);
      case "POST /login/device/code": return this.beginDevice(new URLSearchParams(body), outgoing);
      case `DELETE /api/v3/applications/${CLIENT}/token`: return this.revoke(incoming, body, outgoing);
    }
    const known = this.tokens.get((incoming.headers.authorization ?? "").replace(/^Bearer /, ""));
    if (!known) return this.json(outgoing, 401, { message: WORDS });
    switch (route) {
      case "GET /api/v3/user":
        return this.json(outgoing, 200, known.account, { "x-oauth-scopes": known.scope });
      case "GET /api/v3/user/repos":
        return this.json(outgoing, 200, this.repositories.map((name) => ({
          full_name: name, default_branch: "main", private: true, permissions: { push: true },
        })));
      case "GET /api/v3/user/installations":
        return this.json(outgoing, 200, { installations: this.installations.map(({ id, account }) => ({
          id, app_slug: "hawser", account: { login: account },
        })) });
      default:
        return this.json(outgoing, 404, { message: WORDS });
    }
  }

  /** The page where the person agrees or refuses: a link, as a person clicks it. */
  private authorize(url: URL, outgoing: ServerResponse): void {
    const query = url.searchParams;
    const state = query.get("state") ?? "";
    const challenge = query.get("code_challenge") ?? "";
    const fits = query.get("client_id") === CLIENT && query.get("redirect_uri") === this.callback
      && query.get("code_challenge_method") === "S256" && challenge.length === 43 && state.length === 43;
    outgoing.setHeader("content-type", "text/html; charset=utf-8");
    if (!fits) {
      outgoing.writeHead(400);
      outgoing.end("<h1>The client, callback or challenge is wrong</h1>");
      return;
    }
    const back = new URL(this.callback);
    back.searchParams.set("state", state);
    if (this.agrees) {
      const code = this.make("code");
      this.codes.set(code, { challenge, scope: query.get("scope") ?? "", account: this.account });
      back.searchParams.set("code", code);
    } else {
      back.searchParams.set("error", "access_denied");
      back.searchParams.set("error_description", WORDS);
    }
    const text = this.agrees ? "Authorize" : "Cancel";
    outgoing.end(`<!doctype html><title>GitHub</title><h1>GitHub</h1><a href="${back.href.replaceAll("&", "&amp;")}">${text}</a>`);
  }

  private typed(outgoing: ServerResponse): void {
    outgoing.setHeader("content-type", "text/html; charset=utf-8");
    outgoing.end("<!doctype html><title>GitHub</title><h1>Type the code</h1>");
  }

  private token(incoming: IncomingMessage, form: URLSearchParams, outgoing: ServerResponse): void {
    const field = (name: string) => form.get(name) ?? "";
    if (incoming.headers.accept !== "application/json" || field("client_id") !== CLIENT) {
      return this.refuse(outgoing, "incorrect_client_credentials");
    }
    if (field("grant_type") === "urn:ietf:params:oauth:grant-type:device_code") {
      return this.poll(field("device_code"), outgoing);
    }
    if (field("client_secret") !== SECRET) return this.refuse(outgoing, "incorrect_client_credentials");
    if (field("grant_type") === "refresh_token") {
      const account = this.refresh.get(field("refresh_token"));
      if (!account) return this.refuse(outgoing, "bad_refresh_token");
      this.refresh.delete(field("refresh_token"));
      // The old access token ends with its refresh token.
      for (const [token, known] of this.tokens) if (known.account.id === account.id) this.tokens.delete(token);
      this.refreshed += 1;
      return this.give(account, "", outgoing);
    }
    // A code is used up by every try.
    const code = this.codes.get(field("code"));
    this.codes.delete(field("code"));
    const shown = createHash("sha256").update(field("code_verifier")).digest("base64url");
    if (!code || shown !== code.challenge) return this.refuse(outgoing, "bad_verification_code");
    if (field("redirect_uri") !== this.callback) return this.refuse(outgoing, "redirect_uri_mismatch");
    this.give(code.account, code.scope, outgoing);
  }

  private give(account: Account, scope: string, outgoing: ServerResponse): void {
    const access = this.make("ghu_");
    this.tokens.set(access, { account, scope });
    if (this.life === 0) {
      return this.json(outgoing, 200, { access_token: access, token_type: "bearer", scope });
    }
    const refresh = this.make("ghr_");
    this.refresh.set(refresh, account);
    this.json(outgoing, 200, {
      access_token: access, token_type: "bearer", scope, expires_in: this.life, refresh_token: refresh,
      refresh_token_expires_in: 15897600,
    });
  }

  private beginDevice(form: URLSearchParams, outgoing: ServerResponse): void {
    if (form.get("client_id") !== CLIENT) return this.json(outgoing, 404, { message: WORDS });
    const code = this.make("device");
    this.devices.add(code);
    this.json(outgoing, 200, {
      device_code: code, user_code: "WDJB-MJHT", expires_in: 900, interval: 5,
      verification_uri: "https://canary.example/login/device",
    });
  }

  private poll(code: string, outgoing: ServerResponse): void {
    if (!this.devices.has(code)) return this.refuse(outgoing, "incorrect_device_code");
    switch (this.device) {
      case "pending": return this.refuse(outgoing, "authorization_pending");
      case "refused": return this.refuse(outgoing, "access_denied");
      case "expired": return this.refuse(outgoing, "expired_token");
      case "agreed":
        this.devices.delete(code);
        return this.give(this.account, "", outgoing);
    }
  }

  private revoke(incoming: IncomingMessage, body: string, outgoing: ServerResponse): void {
    const login = `Basic ${Buffer.from(`${CLIENT}:${SECRET}`).toString("base64")}`;
    if (incoming.headers.authorization !== login) return this.json(outgoing, 401, { message: WORDS });
    const { access_token: token } = JSON.parse(body) as { access_token: string };
    const known = this.tokens.get(token);
    if (!known) return this.json(outgoing, 404, { message: WORDS });
    this.tokens.delete(token);
    for (const [refresh, account] of this.refresh) if (account.id === known.account.id) this.refresh.delete(refresh);
    this.revoked.push(token);
    outgoing.writeHead(204);
    outgoing.end();
  }
}
