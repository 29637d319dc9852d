// A docker-registry that speaks TLS with a certificate of an authority nobody knows, made on the spot.
// A second one without TLS, on the same folder, takes the pushes.

import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { Program, freePort, temporaryFolder, until } from "./process.ts";
import { Registry } from "./registry.ts";
import { SERVICE } from "./tokens.ts";

/** An authority with a certificate for 127.0.0.1. */
export class Authority {
  /** The authority itself, in PEM. */
  readonly pem: string;
  readonly certificate: string;
  readonly key: string;
  /** SHA-256 of the server's certificate, in hex with colons. */
  readonly fingerprint: string;

  constructor(folder: string, name: string) {
    const at = (file: string) => join(folder, file);
    const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: ["ignore", "pipe", "ignore"] }).toString();
    openssl(
      "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${name}`,
      "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign",
      "-keyout", at("ca.key"), "-out", at("ca.crt"),
    );
    this.certificate = at("server.crt");
    this.key = at("server.key");
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-keyout", this.key, "-out", at("server.csr"));
    writeFileSync(at("server.ext"), "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n");
    openssl(
      "x509", "-req", "-days", "2", "-in", at("server.csr"), "-CA", at("ca.crt"), "-CAkey", at("ca.key"),
      "-CAcreateserial", "-extfile", at("server.ext"), "-out", this.certificate,
    );
    this.pem = readFileSync(at("ca.crt"), "utf8");
    this.fingerprint = openssl("x509", "-noout", "-fingerprint", "-sha256", "-in", this.certificate).trim().split("=").at(-1) ?? "";
  }
}

export class TlsRegistry {
  private constructor(
    readonly host: string,
    readonly authority: Authority,
    private readonly plain: Registry,
    private readonly program: Program,
    private readonly folder: string,
  ) {}

  /** Starts one with the chart `team/nginx` in it. */
  static async start(user: string, password: string): Promise<TlsRegistry> {
    const folder = temporaryFolder("registry-tls");
    const authority = new Authority(folder, "Hawser end2end authority");
    const plain = await Registry.start("basic", user, password);
    await plain.push("team", { name: "nginx", version: "1.0.0" });
    const port = await freePort();
    const config = join(folder, "config.json");
    writeFileSync(config, JSON.stringify({
      version: "0.1",
      log: { level: "warn", accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(plain.folder, "data") } },
      http: {
        addr: `127.0.0.1:${port}`, relativeurls: true, secret: "end2end",
        tls: { certificate: authority.certificate, key: authority.key },
      },
      auth: { htpasswd: { realm: SERVICE, path: join(plain.folder, "htpasswd") } },
    }));
    const program = Program.start("docker-registry (TLS)", "docker-registry", ["serve", config]);
    const registry = new TlsRegistry(`127.0.0.1:${port}`, authority, plain, program, folder);
    await until("docker-registry to answer over TLS", async () => {
      if (!program.isRunning) throw new Error(`docker-registry ended:\n${program.output}`);
      return await registry.status() === 401;
    });
    return registry;
  }

  async stop(): Promise<void> {
    await this.program.stop();
    await this.plain.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What it answers to those who trust its authority; 0 while it does not answer. */
  status(): Promise<number> {
    return new Promise((resolve) => {
      const asked = request(`https://${this.host}/v2/`, { ca: this.authority.pem }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      asked.once("error", () => resolve(0));
      asked.end();
    });
  }
}
