// The door in front of a registry: passes every request on, can be made slow, and counts.

import { Agent, type IncomingMessage, type ServerResponse, createServer, request } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

export type Handler = (request: IncomingMessage, response: ServerResponse) => boolean;

export class Door {
  /** Milliseconds before each request is passed on. */
  delay = 0;
  /** Method and path of each request, with the status of its answer. */
  readonly requests: { method: string; path: string; status: number }[] = [];
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 32 });
  private readonly server = createServer((incoming, outgoing) => { void this.pass(incoming, outgoing); });

  private constructor(private readonly first: Handler | undefined) {}

  /** Opens on a free port. `first` sees every request and answers true for those it took. */
  static async open(first?: Handler): Promise<Door> {
    const door = new Door(first);
    door.server.listen(0, "127.0.0.1");
    await once(door.server, "listening");
    return door;
  }

  /** The port behind the door; set once the program behind it is chosen. */
  behind = 0;

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.agent.destroy();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private async pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const seen = { method: incoming.method ?? "GET", path: incoming.url ?? "/", status: 0 };
    this.requests.push(seen);
    outgoing.once("finish", () => { seen.status = outgoing.statusCode; });
    if (this.delay > 0) await new Promise((resolve) => setTimeout(resolve, this.delay));
    if (this.first?.(incoming, outgoing)) return;
    const passed = request({
      host: "127.0.0.1", port: this.behind, method: seen.method, path: seen.path,
      headers: incoming.headers, agent: this.agent,
    }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.once("error", () => {
      if (!outgoing.headersSent) outgoing.writeHead(502);
      outgoing.end();
    });
    incoming.pipe(passed);
  }
}
