// A real docker-registry, with Basic auth (an htpasswd file) or token auth.

import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Chart, archive, digest, metadata } from "./chart.ts";
import { Door } from "./door.ts";
import { Program, freePort, temporaryFolder, until } from "./process.ts";
import { ISSUER, SERVICE, TokenServer } from "./tokens.ts";

export class Registry {
  private constructor(
    readonly door: Door,
    private readonly program: Program,
    readonly folder: string,
    private readonly tokens: TokenServer | undefined,
    readonly user: string,
    private password: string,
  ) {}

  static async start(auth: "basic" | "token", user: string, password: string): Promise<Registry> {
    const folder = temporaryFolder(`registry-${auth}`);
    const tokens = auth === "token" ? new TokenServer(folder, user, password) : undefined;
    const door = await Door.open(tokens && ((incoming, outgoing) => tokens.handle(incoming, outgoing)));
    const port = await freePort();
    door.behind = port;
    const config = join(folder, "config.json");
    // YAML reads JSON.
    writeFileSync(config, JSON.stringify({
      version: "0.1",
      log: { level: "warn", accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(folder, "data") } },
      http: { addr: `127.0.0.1:${port}`, relativeurls: true, secret: "end2end" },
      auth: tokens
        ? { token: { realm: `http://${door.host}/token`, service: SERVICE, issuer: ISSUER, rootcertbundle: tokens.certificate } }
        : { htpasswd: { realm: SERVICE, path: join(folder, "htpasswd") } },
    }));
    if (!tokens) writePasswords(folder, user, password);
    const program = Program.start(`docker-registry (${auth})`, "docker-registry", ["serve", config]);
    const registry = new Registry(door, program, folder, tokens, user, password);
    await until("docker-registry to answer", async () => {
      if (!program.isRunning) throw new Error(`docker-registry ended:\n${program.output}`);
      return fetch(`http://${door.host}/v2/`).then((answer) => answer.status === 401, () => false);
    });
    return registry;
  }

  get host(): string {
    return this.door.host;
  }

  /** Changes the password for real; the registry reads its file again. */
  setPassword(password: string): void {
    this.password = password;
    if (this.tokens) this.tokens.password = password;
    else writePasswords(this.folder, this.user, password);
  }

  /** Pushes a chart as `helm push` does: config, layer, manifest. */
  async push(repository: string, chart: Chart): Promise<void> {
    const name = `${repository}/${chart.name}`;
    const config = Buffer.from(JSON.stringify(metadata(chart)));
    const layer = archive(chart);
    const authorization = await this.authorization(name);
    await this.upload(name, config, authorization);
    await this.upload(name, layer, authorization);
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: { mediaType: "application/vnd.cncf.helm.config.v1+json", digest: digest(config), size: config.length },
      layers: [{
        mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip", digest: digest(layer), size: layer.length,
      }],
      annotations: { "org.opencontainers.image.title": chart.name, "org.opencontainers.image.version": chart.version },
    });
    // Tags know no plus sign.
    const tag = chart.version.replaceAll("+", "_");
    await this.send("PUT", `/v2/${name}/manifests/${tag}`, authorization, manifest, "application/vnd.oci.image.manifest.v1+json");
  }

  /** What the registry answers to this user and password: 200, or 401. */
  async status(user: string, password: string): Promise<number> {
    const path = this.tokens
      ? `/token?service=${SERVICE}&scope=registry:catalog:*`
      : "/v2/_catalog";
    const answer = await fetch(`http://${this.host}${path}`, { headers: { authorization: basicHeader(user, password) } });
    return answer.status;
  }

  async stop(): Promise<void> {
    await this.program.stop();
    await this.door.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async authorization(name: string): Promise<string> {
    const login = basicHeader(this.user, this.password);
    if (!this.tokens) return login;
    const answer = await fetch(`http://${this.host}/token?service=${SERVICE}&scope=repository:${name}:pull,push`, {
      headers: { authorization: login },
    });
    const { token } = await answer.json() as { token: string };
    return `Bearer ${token}`;
  }

  private async upload(name: string, blob: Buffer, authorization: string): Promise<void> {
    const started = await this.send("POST", `/v2/${name}/blobs/uploads/`, authorization);
    const location = new URL(started.headers.get("location") ?? "", `http://${this.host}`);
    location.searchParams.set("digest", digest(blob));
    await this.send("PUT", location.pathname + location.search, authorization, blob, "application/octet-stream");
  }

  private async send(
    method: string, path: string, authorization: string, body?: Buffer | string, type?: string,
  ): Promise<Response> {
    const answer = await fetch(`http://${this.host}${path}`, {
      method,
      headers: type ? { authorization, "content-type": type } : { authorization },
      body: typeof body === "string" ? body : body && new Uint8Array(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}

export function basicHeader(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

function writePasswords(folder: string, user: string, password: string): void {
  // bcrypt with few rounds: the registry checks it at every request.
  const line = execFileSync("htpasswd", ["-n", "-i", "-B", "-C", "4", user], { input: password });
  writeFileSync(join(folder, "htpasswd"), line.toString().trim() + "\n");
}
