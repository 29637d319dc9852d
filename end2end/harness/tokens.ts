// A token server for docker-registry: checks the password, signs an RS256 JWT whose certificate the
// registry trusts. docker-registry 2.8 takes the chain from the header `x5c`.

import { execFileSync } from "node:child_process";
import { createSign, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";

export const SERVICE = "hawser-end2end";
export const ISSUER = "hawser-end2end-tokens";

const base64url = (data: Buffer | string) => Buffer.from(data).toString("base64url");

/** The user and password of an `Authorization: Basic` header. */
export function basic(incoming: IncomingMessage): { user: string; password: string } | undefined {
  const [scheme, encoded] = (incoming.headers.authorization ?? "").split(" ");
  if (scheme?.toLowerCase() !== "basic" || !encoded) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

export class TokenServer {
  readonly certificate: string;
  private readonly key: string;
  private readonly chain: string[];

  constructor(folder: string, readonly user: string, public password: string) {
    this.certificate = join(folder, "tokens.crt");
    const key = join(folder, "tokens.key");
    execFileSync("openssl", [
      "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=hawser-end2end",
      "-keyout", key, "-out", this.certificate,
    ], { stdio: "ignore" });
    this.key = readFileSync(key, "utf8");
    const pem = readFileSync(this.certificate, "utf8");
    this.chain = [pem.replace(/-----[^-]+-----|\s/g, "")];
  }

  /** Answers `GET /token`; leaves every other path to the registry. */
  handle(incoming: IncomingMessage, outgoing: ServerResponse): boolean {
    const url = new URL(incoming.url ?? "/", "http://localhost");
    if (url.pathname !== "/token") return false;
    const login = basic(incoming);
    outgoing.setHeader("content-type", "application/json");
    if (login?.user !== this.user || login.password !== this.password) {
      outgoing.writeHead(401, { "www-authenticate": `Basic realm="${SERVICE}"` });
      outgoing.end(JSON.stringify({ errors: [{ code: "UNAUTHORIZED", message: "incorrect username or password" }] }));
      return true;
    }
    const scopes = url.searchParams.getAll("scope").flatMap((scope) => scope.split(" ")).filter(Boolean);
    const token = this.sign(login.user, scopes);
    outgoing.writeHead(200);
    outgoing.end(JSON.stringify({ token, access_token: token, expires_in: 300, issued_at: new Date().toISOString() }));
    return true;
  }

  private sign(user: string, scopes: string[]): string {
    const now = Math.floor(Date.now() / 1000);
    const access = scopes.map((scope) => {
      const [type = "", ...rest] = scope.split(":");
      const actions = rest.pop() ?? "";
      return { type, name: rest.join(":"), actions: actions.split(",") };
    });
    const header = base64url(JSON.stringify({ typ: "JWT", alg: "RS256", x5c: this.chain }));
    const claims = base64url(JSON.stringify({
      iss: ISSUER, sub: user, aud: SERVICE, exp: now + 300, nbf: now - 10, iat: now, jti: randomUUID(), access,
    }));
    const signature = createSign("RSA-SHA256").update(`${header}.${claims}`).sign(this.key);
    return `${header}.${claims}.${base64url(signature)}`;
  }
}
