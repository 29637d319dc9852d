// Programs that the tests start and stop.

import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A port of the loopback address that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

/** A new folder for one program of one test. */
export function temporaryFolder(purpose: string): string {
  return mkdtempSync(join(tmpdir(), `hawser-${purpose}-`));
}

/** Waits until `probe` answers something, asking again every 50 ms. */
export async function until<T>(
  what: string, probe: () => Promise<T | undefined | false> | T | undefined | false, seconds = 20,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > end) throw new Error(`gave up after ${seconds} s waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A running program with everything it printed. */
export class Program {
  output = "";
  private exited = false;

  private constructor(readonly name: string, private readonly child: ChildProcess) {
    const keep = (chunk: Buffer) => { this.output += chunk.toString("utf8"); };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    child.once("exit", (code, signal) => {
      // What it said last may still be on its way.
      setTimeout(() => {
        this.output += `\n[${name} ended: ${signal ?? code}]\n`;
        this.exited = true;
      }, 100);
    });
    child.once("error", (error) => { this.exited = true; this.output += String(error); });
  }

  static start(name: string, command: string, args: string[], env: Record<string, string> = {}, cwd?: string): Program {
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "/", ...env },
      cwd,
    });
    const program = new Program(name, child);
    // A test run that is broken off must leave nothing behind.
    process.once("exit", () => child.kill("SIGKILL"));
    return program;
  }

  get isRunning(): boolean {
    return !this.exited;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Waits until the program has printed a match of `pattern`. */
  printed(pattern: RegExp, seconds = 30): Promise<RegExpMatchArray> {
    return until(`${this.name} to print ${pattern}`, () => {
      const found = this.output.match(pattern);
      if (!found && this.exited) throw new Error(`${this.name} ended:\n${this.output.slice(-4000)}`);
      return found ?? undefined;
    }, seconds);
  }

  /** Sends a signal and waits for the end. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.exited) return;
    this.child.kill(signal);
    try {
      await until(`${this.name} to end`, () => this.exited, 15);
    } catch (error) {
      this.child.kill("SIGKILL");
      throw error;
    }
  }
}
