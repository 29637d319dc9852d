// The harness itself: the registries behave as registries do, so that a failure of another test
// is Hawser's.

import { expect, test } from "@playwright/test";
import { HelmRepository } from "../harness/helm.ts";
import { Registry, basicHeader } from "../harness/registry.ts";

for (const auth of ["basic", "token"] as const) {
  test(`docker-registry with ${auth} auth takes charts and follows a changed password`, async () => {
    const registry = await Registry.start(auth, "ada", "first password");
    try {
      await registry.push("team", { name: "nginx", version: "1.0.0+build.1" });
      expect(await registry.status("ada", "first password")).toBe(200);
      registry.setPassword("second password");
      expect(await registry.status("ada", "first password")).toBe(401);
      expect(await registry.status("ada", "second password")).toBe(200);
      await registry.push("team", { name: "nginx", version: "1.1.0" });
      const challenge = await fetch(`http://${registry.host}/v2/`);
      expect(challenge.headers.get("www-authenticate")).toMatch(auth === "basic" ? /^Basic / : /^Bearer realm=/);
      if (auth === "basic") {
        const authorization = basicHeader("ada", "second password");
        const tags = await fetch(`http://${registry.host}/v2/team/nginx/tags/list`, { headers: { authorization } });
        expect((await tags.json() as { tags: string[] }).tags.sort()).toEqual(["1.0.0_build.1", "1.1.0"]);
      }
    } finally {
      await registry.stop();
    }
  });
}

test("the Helm repository asks for a login and answers conditional requests", async () => {
  const helm = await HelmRepository.start("ada", "first password");
  try {
    helm.add("stable", { name: "redis", version: "2.0.0" });
    const url = `http://${helm.host}/stable/index.yaml`;
    expect((await fetch(url)).status).toBe(401);
    const authorization = basicHeader("ada", "first password");
    const index = await fetch(url, { headers: { authorization } });
    expect(await index.text()).toContain("redis");
    const etag = index.headers.get("etag") ?? "";
    expect((await fetch(url, { headers: { authorization, "if-none-match": etag } })).status).toBe(304);
    const chart = await fetch(`http://${helm.host}/stable/charts/redis-2.0.0.tgz`, { headers: { authorization } });
    expect(chart.status).toBe(200);
    helm.setPassword("second password");
    expect((await fetch(url, { headers: { authorization } })).status).toBe(401);
  } finally {
    await helm.stop();
  }
});
