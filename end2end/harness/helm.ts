// A Helm repository over HTTP with Basic auth: index.yaml with an ETag, and the archives.

import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type Chart, archive, digest, metadata } from "./chart.ts";
import { basic } from "./tokens.ts";

export class HelmRepository {
  /** Milliseconds before each answer. */
  delay = 0;
  /** Path and status of every answer. */
  readonly requests: { path: string; status: number }[] = [];
  private readonly charts = new Map<string, Chart[]>();
  private readonly server = createServer((incoming, outgoing) => {
    const path = new URL(incoming.url ?? "/", "http://localhost").pathname;
    const answer = (status: number, type: string, body: Buffer | string, headers: Record<string, string> = {}) => {
      this.requests.push({ path, status });
      setTimeout(() => {
        outgoing.writeHead(status, { "content-type": type, ...headers });
        outgoing.end(status === 304 ? undefined : body);
      }, this.delay);
    };
    const login = basic(incoming);
    if (login?.user !== this.user || login.password !== this.password) {
      return answer(401, "text/plain", "Unauthorized\n", { "www-authenticate": 'Basic realm="charts"' });
    }
    const [, folder = "", file = ""] = path.match(/^\/([^/]+)\/(.+)$/) ?? [];
    const charts = this.charts.get(folder);
    if (charts && file === "index.yaml") {
      const index = indexOf(charts);
      const etag = `"${digest(index).slice(7, 27)}"`;
      if (incoming.headers["if-none-match"] === etag) return answer(304, "text/yaml", "", { etag });
      return answer(200, "text/yaml", index, { etag });
    }
    const chart = charts?.find((chart) => file === fileOf(chart));
    if (chart) return answer(200, "application/gzip", archive(chart));
    return answer(404, "text/plain", "Not found\n");
  });

  private constructor(readonly user: string, private password: string) {}

  static async start(user: string, password: string): Promise<HelmRepository> {
    const repository = new HelmRepository(user, password);
    repository.server.listen(0, "127.0.0.1");
    await once(repository.server, "listening");
    return repository;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  setPassword(password: string): void {
    this.password = password;
  }

  /** Puts a chart into the repository at `/FOLDER/`. */
  add(folder: string, chart: Chart): void {
    this.charts.set(folder, [...(this.charts.get(folder) ?? []), chart]);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}

function fileOf(chart: Chart): string {
  return `charts/${chart.name}-${chart.version}.tgz`;
}

function indexOf(charts: Chart[]): string {
  const names = [...new Set(charts.map((chart) => chart.name))];
  let text = "apiVersion: v1\nentries:\n";
  for (const name of names) {
    text += `  ${name}:\n`;
    for (const chart of charts.filter((chart) => chart.name === name)) {
      const fields = {
        ...metadata(chart), created: "2026-01-02T03:04:05Z", digest: digest(archive(chart)).slice(7),
        urls: [fileOf(chart)],
      };
      text += Object.entries(fields)
        .map(([key, value], n) => `  ${n === 0 ? "- " : "  "}${key}: ${JSON.stringify(value)}\n`).join("");
    }
  }
  return `${text}generated: "2026-01-02T03:04:05Z"\n`;
}
