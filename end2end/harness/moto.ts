// moto's server: AWS APIs that answer as AWS does. It stands behind a door that counts exchanges and
// dates tokens: moto's own all expired in 2015, AWS's live for 12 hours.

import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { Door } from "./door.ts";
import { Program, freePort, until } from "./process.ts";

export interface AccessKey {
  id: string;
  secret: string;
}

const REGION = "eu-west-1";

export class Moto {
  private constructor(private readonly door: Door, private readonly program: Program) {}

  static async start(): Promise<Moto> {
    const folder = process.env["HAWSER_TEST_MOTO"];
    if (!folder) throw new Error("HAWSER_TEST_MOTO is not set; run the tests with `make test`");
    const port = await freePort();
    const door = await Door.open((incoming, outgoing) => {
      if (incoming.method !== "POST" || incoming.url !== "/") return false;
      void dated(port, incoming, outgoing);
      return true;
    });
    door.behind = port;
    const program = Program.start("moto_server", join(folder, "bin/moto_server"), ["-H", "127.0.0.1", "-p", String(door.behind)]);
    await until("moto to answer", async () => {
      if (!program.isRunning) throw new Error(`moto ended:\n${program.output}`);
      return fetch(`http://${door.host}/moto-api/`).then((answer) => answer.ok, () => false);
    }, 60);
    return new Moto(door, program);
  }

  get host(): string {
    return this.door.host;
  }

  /** Calls of `GetAuthorizationToken` so far: what is posted to the root. */
  get exchanges(): number {
    return this.door.requests.filter(({ method, path, status }) => method === "POST" && path === "/" && status === 200).length;
  }

  /** A key that moto knows as it knows every key. */
  accessKey(): AccessKey {
    return { id: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
  }

  /** The password that an exchange gives, asked for by this harness's own signature. */
  async registryPassword(key: AccessKey): Promise<string> {
    const target = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken";
    const body = "{}";
    const stamp = new Date().toISOString().replace(/[:-]|\.\d{3}/g, "");
    const day = stamp.slice(0, 8);
    const hash = (text: string) => createHash("sha256").update(text).digest("hex");
    const signed = "content-type;host;x-amz-date;x-amz-target";
    const canonical = `POST\n/\n\ncontent-type:application/x-amz-json-1.1\nhost:${this.host}\nx-amz-date:${stamp}\nx-amz-target:${target}\n\n${signed}\n${hash(body)}`;
    const scope = `${day}/${REGION}/ecr/aws4_request`;
    const hmac = (secret: string | Buffer, text: string) => createHmac("sha256", secret).update(text).digest();
    const signing = [REGION, "ecr", "aws4_request"].reduce<Buffer>((secret, part) => hmac(secret, part), hmac(`AWS4${key.secret}`, day));
    const signature = hmac(signing, `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${hash(canonical)}`).toString("hex");
    const answer = await fetch(`http://${this.host}/`, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1", "x-amz-date": stamp, "x-amz-target": target,
        authorization: `AWS4-HMAC-SHA256 Credential=${key.id}/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
      },
      body,
    });
    const { authorizationData } = await answer.json() as { authorizationData: { authorizationToken: string }[] };
    const pair = Buffer.from(authorizationData[0]?.authorizationToken ?? "", "base64").toString("utf8");
    return pair.slice(pair.indexOf(":") + 1);
  }

  async stop(): Promise<void> {
    await this.program.stop();
    await this.door.close();
  }
}

/** Passes an exchange on and gives its token the twelve hours it would have. */
async function dated(port: number, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const kept = ["authorization", "content-type", "x-amz-date", "x-amz-target"];
  const headers = Object.fromEntries(kept.map((name) => [name, String(incoming.headers[name] ?? "")]));
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", headers, body: Buffer.concat(chunks) });
  const body = await answer.json() as { authorizationData?: { expiresAt: number }[] };
  for (const data of body.authorizationData ?? []) data.expiresAt = Date.now() / 1000 + 12 * 3600;
  outgoing.writeHead(answer.status, { "content-type": "application/x-amz-json-1.1" });
  outgoing.end(JSON.stringify(body));
}
