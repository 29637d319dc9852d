// The built server with a data folder of its own, and with everything it printed.

import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { Program, freePort, temporaryFolder, until } from "./process.ts";

const ROOT = resolve(import.meta.dirname, "../..");

function mustExist(path: string, made: string): string {
  if (!existsSync(path)) throw new Error(`${path} is missing: ${made} makes it`);
  return path;
}

export class Hawser {
  readonly dataDir = temporaryFolder("data");
  private earlier = "";
  private program: Program | undefined;

  private constructor(readonly port: number, private readonly metricsPort: number, private readonly env: Record<string, string>) {}

  /** Starts a new Hawser that may reach the given hosts (`127.0.0.1:PORT`). */
  static async start(allowed: { host: string }[], env: Record<string, string> = {}): Promise<Hawser> {
    const hawser = new Hawser(await freePort(), await freePort(), {
      HAWSER_OUTBOUND_ALLOW: allowed.map(({ host }) => host).join(","),
      ...env,
    });
    await hawser.run().catch(async (error: unknown) => {
      await hawser.stop();
      throw error;
    });
    return hawser;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get metrics(): string {
    return `http://127.0.0.1:${this.metricsPort}/metrics`;
  }

  /** Everything the server printed, also before a restart. */
  get log(): string {
    return this.earlier + (this.program?.output ?? "");
  }

  /** The one-time link that the first start prints. */
  async setUpLink(): Promise<string> {
    const line = await until("the set-up link", () => this.log.match(/^Set up Hawser: (\S+)/m) ?? undefined);
    return line[1] ?? "";
  }

  /** Ends the server without a chance to finish anything. */
  async kill(): Promise<void> {
    await this.program?.stop("SIGKILL");
  }

  /** Starts again on the same data and port. */
  async restart(): Promise<void> {
    await this.program?.stop();
    await this.run();
  }

  /** Ends the server, its OpenBao and its data. */
  async stop(): Promise<void> {
    try {
      await this.program?.stop();
    } finally {
      for (const pid of this.leftovers()) process.kill(pid, "SIGKILL");
      rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  /** Programs that still work in the data folder: what a killed server left behind. */
  leftovers(): number[] {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
      if (pid === process.pid) return false;
      try {
        return readFileSync(join("/proc", String(pid), "cmdline"), "utf8").includes(this.dataDir);
      } catch {
        return false;
      }
    });
  }

  private async run(): Promise<void> {
    this.earlier = this.log;
    const binary = process.env["HAWSER_TEST_SERVER"] ?? join(ROOT, "target/debug/hawser-server");
    this.program = Program.start("hawser-server", mustExist(binary, "cargo build -p server"), [], {
      HAWSER_DATA_DIR: this.dataDir,
      HAWSER_LISTEN: `127.0.0.1:${this.port}`,
      HAWSER_PUBLIC_URL: this.origin,
      HAWSER_METRICS_LISTEN: `127.0.0.1:${this.metricsPort}`,
      HAWSER_ASSETS: mustExist(join(ROOT, "dist"), "cargo xtask bundle"),
      HAWSER_BAO_BINARY: mustExist(process.env["HAWSER_TEST_BAO"] ?? join(ROOT, ".cache/bin/bao"), "make setup"),
      ...this.env,
    }, this.dataDir);
    const program = this.program;
    await until("the server to be ready", async () => {
      if (!program.isRunning) throw new Error("it ended");
      await new Promise((resolve) => setTimeout(resolve, 100));
      return fetch(`${this.origin}/readyz`).then((answer) => answer.ok, () => false);
    }, 60).catch((error: unknown) => {
      const log = program.output.split("\n").filter((line) => !line.includes("/readyz")).join("\n");
      throw new Error(`${String(error)}\n${log.slice(-6000)}`);
    });
  }
}
