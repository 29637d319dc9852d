// Lists show a page of work at once: how many rows fit, that nothing wraps, that no name breaks a row.

import { LOGIN, expect, newPerson, test } from "../harness/fixtures.ts";
import { WIDE, fill } from "../harness/full.ts";
import { Hawser } from "../harness/hawser.ts";
import type { Person } from "../harness/person.ts";

const ROWS = 24;

/** Heights and overflow of what a list shows, as laid out. */
async function measure(person: Person) {
  return person.page.evaluate(() => {
    // What Hawser says of the machine, such as that its disk is nearly full, is no part of the list.
    for (const notice of document.querySelectorAll("main > .notice")) notice.remove();
    const box = (part: Element) => part.getBoundingClientRect();
    const seen = (part: Element) => box(part).height > 0;
    const rows = [...document.querySelectorAll("table.list")].flatMap((table) => [...table.querySelectorAll("tbody tr")]);
    const text = (part: Element) => part.textContent.trim().slice(0, 40);
    return {
      visible: rows.filter((row) => seen(row) && box(row).top >= 0 && box(row).bottom <= innerHeight).length,
      heights: [...new Set(rows.filter(seen).map((row) => Math.round(box(row).height)))],
      tooWide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      wrapped: [...document.querySelectorAll("table.list :is(thead th, .badge, .tag)")].filter(seen)
        .filter((part) => box(part).height > (part.localName === "th" ? 36 : 24)).map(text),
      cut: [...document.querySelectorAll("table.list thead th")].filter(seen).filter((part) => part.scrollWidth > part.clientWidth).map(text),
      head: Math.max(0, ...[...document.querySelectorAll("main > .head")].map((part) => box(part).height)),
      filters: Math.max(0, ...[...document.querySelectorAll("main > .filters")].map((part) => box(part).height)),
    };
  });
}

test("every list shows a page of rows, one line each", async ({ browser, registries }) => {
  test.setTimeout(240_000);
  registries.setPassword(LOGIN.password);
  const hawser = await Hawser.start(registries.all, { HAWSER_CLUSTERS: "on", HAWSER_REQUEST_RATE: "1000" });
  try {
    const person = await newPerson(browser, hawser);
    await person.setUp(await hawser.setUpLink());
    const full = await fill(person, registries.helm, ROWS);
    const lists: [name: string, path: string][] = [
      ["credentials", "/credentials"],
      ["repositories", "/charts/repositories"],
      ["catalog", "/charts/catalog"],
      ["exports", "/gitops/exports"],
      ["Git targets", "/gitops"],
      ["clusters", "/gitops/clusters"],
      ["projects", "/settings/projects"],
      ["audit log", "/audit"],
      ["sync runs", `/charts/repositories/${full.repository}?tab=syncs`],
    ];

    for (const [name, path] of lists) {
      await test.step(`${name}: 18 rows at 1440 × 900`, async () => {
        await person.page.setViewportSize({ width: 1440, height: 900 });
        await person.open(path);
        const { visible, heights, tooWide } = await measure(person);
        expect(visible, "rows that can be seen").toBeGreaterThanOrEqual(18);
        expect(heights, "all rows are alike").toEqual([36]);
        expect(tooWide).toBe(0);
      });

      await test.step(`${name}: nothing wraps at 1280`, async () => {
        await person.page.setViewportSize({ width: 1280, height: 800 });
        await person.open(path);
        const { heights, wrapped, cut, head, filters, tooWide } = await measure(person);
        expect({ wrapped, cut, tooWide }).toEqual({ wrapped: [], cut: [], tooWide: 0 });
        expect(heights).toEqual([36]);
        expect(head, "the head of the page is one line").toBeLessThanOrEqual(40);
        expect(filters, "the filters are one line").toBeLessThanOrEqual(40);
      });

      await test.step(`${name}: cards of two lines on a phone`, async () => {
        await person.page.setViewportSize({ width: 390, height: 844 });
        await person.open(path);
        const { heights, tooWide } = await measure(person);
        expect(tooWide).toBe(0);
        expect(Math.max(...heights), "two lines").toBeLessThanOrEqual(64);
      });
    }

    await test.step("a name as wide as names get is cut, and whole in its tooltip", async () => {
      await person.page.setViewportSize({ width: 1440, height: 900 });
      for (const path of ["/credentials", "/charts/repositories", "/gitops/exports", "/gitops", "/gitops/clusters", "/settings/projects"]) {
        await person.open(path);
        await expect(person.main.locator(`tbody th[title="${WIDE}"]`), path).toHaveCount(1);
      }
    });
    await person.page.context().close();
  } finally {
    await hawser.stop();
  }
});
