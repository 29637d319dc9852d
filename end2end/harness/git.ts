// A real Git server over HTTP: `git http-backend` with Basic auth in front, and real bare repositories.

import { execFileSync, spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { temporaryFolder } from "./process.ts";
import { basic } from "./tokens.ts";

const ENVIRONMENT = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Somebody",
  GIT_AUTHOR_EMAIL: "somebody@example.com",
  GIT_COMMITTER_NAME: "Somebody",
  GIT_COMMITTER_EMAIL: "somebody@example.com",
};

export class GitServer {
  /** Called with each push that the repository took; an answer of `false` is never sent to the client. */
  afterPush: () => boolean = () => true;
  private readonly folder = temporaryFolder("git");
  private readonly server = createServer((incoming, outgoing) => this.handle(incoming, outgoing));

  private constructor(readonly user: string, private password: string) {}

  static async start(user: string, password: string): Promise<GitServer> {
    const git = new GitServer(user, password);
    git.server.listen(0, "127.0.0.1");
    await once(git.server, "listening");
    return git;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  url(repository: string): string {
    return `http://${this.host}/${repository}.git`;
  }

  setPassword(password: string): void {
    this.password = password;
  }

  /** Makes a repository whose branch `main` holds a README. */
  create(repository: string): void {
    const path = this.path(repository);
    execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", path], { env: ENVIRONMENT });
    this.git(repository, ["config", "http.receivepack", "true"]);
    this.commit(repository, "main", "README.md", "Configuration of the clusters.\n");
  }

  /** Commits a file to a branch as somebody else does. */
  commit(repository: string, branch: string, file: string, text: string): string {
    const blob = this.git(repository, ["hash-object", "-w", "--stdin"], text).trim();
    const index = { GIT_INDEX_FILE: join(this.folder, `index-${Date.now()}-${Math.random()}`) };
    const head = this.head(repository, branch);
    if (head) this.git(repository, ["read-tree", head], "", index);
    this.git(repository, ["update-index", "--add", "--cacheinfo", `100644,${blob},${file}`], "", index);
    const tree = this.git(repository, ["write-tree"], "", index).trim();
    const parent = head ? ["-p", head] : [];
    const commit = this.git(repository, ["commit-tree", tree, ...parent, "-m", "by hand"]).trim();
    this.git(repository, ["update-ref", `refs/heads/${branch}`, commit]);
    rmSync(index.GIT_INDEX_FILE, { force: true });
    return commit;
  }

  /** The newest commit of a branch; empty when there is none. */
  head(repository: string, branch: string): string {
    try {
      return this.git(repository, ["rev-parse", "--verify", "--quiet", `refs/heads/${branch}`]).trim();
    } catch {
      return "";
    }
  }

  commits(repository: string, branch: string): number {
    return Number(this.git(repository, ["rev-list", "--count", branch]));
  }

  files(repository: string, branch: string): string[] {
    return this.git(repository, ["ls-tree", "-r", "--name-only", branch]).trim().split("\n");
  }

  file(repository: string, branch: string, path: string): string {
    return this.git(repository, ["show", `${branch}:${path}`]);
  }

  /** Every object that the repository holds, as text. */
  everything(repository: string): string {
    const objects = this.git(repository, ["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]);
    return this.git(repository, ["cat-file", "--batch"], objects);
  }

  /** Lets a shell script decide about every push; its output is what the client is told. */
  hook(repository: string, script: string): void {
    const path = join(this.path(repository), "hooks", "pre-receive");
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private path(repository: string): string {
    return join(this.folder, `${repository}.git`);
  }

  private git(repository: string, args: string[], input = "", env: Record<string, string> = {}): string {
    return execFileSync("git", ["--git-dir", this.path(repository), ...args], {
      env: { ...ENVIRONMENT, ...env }, input, encoding: "utf8", maxBuffer: 64 << 20,
    });
  }

  private handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const login = basic(incoming);
    if (login?.user !== this.user || login.password !== this.password) {
      outgoing.writeHead(401, { "www-authenticate": 'Basic realm="git"' });
      outgoing.end("Unauthorized\n");
      return;
    }
    const url = new URL(incoming.url ?? "/", "http://localhost");
    const backend = spawn("git", ["http-backend"], {
      env: {
        ...ENVIRONMENT,
        GIT_PROJECT_ROOT: this.folder,
        GIT_HTTP_EXPORT_ALL: "1",
        REMOTE_USER: login.user,
        PATH_INFO: decodeURIComponent(url.pathname),
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: incoming.method ?? "GET",
        CONTENT_TYPE: incoming.headers["content-type"] ?? "",
        HTTP_CONTENT_ENCODING: incoming.headers["content-encoding"] ?? "",
        HTTP_GIT_PROTOCOL: String(incoming.headers["git-protocol"] ?? ""),
        ...(incoming.headers["content-length"] ? { CONTENT_LENGTH: incoming.headers["content-length"] } : {}),
      },
      stdio: ["pipe", "pipe", "ignore"],
    });
    incoming.pipe(backend.stdin);
    backend.stdin.on("error", () => {});
    const chunks: Buffer[] = [];
    backend.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    backend.once("close", () => {
      const isPush = url.pathname.endsWith("/git-receive-pack") && incoming.method === "POST";
      if (isPush && !this.afterPush()) {
        outgoing.destroy();
        return;
      }
      answer(outgoing, Buffer.concat(chunks));
    });
  }
}

/** Turns the answer of a CGI program (RFC 3875, section 6) into one of HTTP. */
function answer(outgoing: ServerResponse, output: Buffer): void {
  const end = output.indexOf("\r\n\r\n");
  const lines = output.subarray(0, Math.max(end, 0)).toString("latin1").split("\r\n");
  let status = 200;
  for (const line of lines) {
    const [name = "", value = ""] = line.split(/:\s*(.*)/s);
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else if (name) outgoing.setHeader(name, value);
  }
  outgoing.writeHead(status);
  outgoing.end(output.subarray(end + 4));
}
