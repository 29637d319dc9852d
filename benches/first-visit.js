// A first visit in Chromium on a slow phone's line ("Slow 4G" of its developer tools: 1.44 Mbit/s, 562 ms) with a
// quarter of this processor: `first-visit.js ORIGIN COOKIE PATH…` prints a line of JSON for each path. Times are
// medians in milliseconds, bytes as they came over the line.

import { chromium } from "../end2end/node_modules/@playwright/test/index.mjs";

const VISITS = 5;
const [origin, cookie, ...paths] = process.argv.slice(2);
const [name, value] = cookie.split("; ")[0].split("=");

/** One visit with an empty cache. */
const visit = async (browser, path) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  // Who is signed in is led on from there.
  if (path !== "/sign-in") await context.addCookies([{ name, value, url: origin }]);
  const page = await context.newPage();
  const tools = await context.newCDPSession(page);
  await tools.send("Network.enable");
  await tools.send("Network.emulateNetworkConditions", { offline: false, latency: 562.5, downloadThroughput: 180_000, uploadThroughput: 84_375 });
  await tools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  let bytes = 0;
  tools.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
  await page.addInitScript(() => {
    window.seen = { paint: 0, shift: 0, busy: 0 };
    const observe = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
    observe("largest-contentful-paint", (entry) => { window.seen.paint = entry.startTime; });
    observe("layout-shift", (entry) => { window.seen.shift += entry.value; });
    observe("longtask", (entry) => { window.seen.busy += entry.duration; });
  });
  await page.goto(origin + path, { waitUntil: "load" });
  // A page with an island is usable when it answers, any other when its script has run.
  const usable = await page.waitForFunction(() => {
    const [first] = performance.getEntriesByName("first-contentful-paint");
    if (!first) return 0;
    const { awake } = document.documentElement.dataset;
    if (!document.querySelector("leptos-island")) return Math.max(first.startTime, performance.timing.domInteractive - performance.timing.navigationStart);
    return awake === undefined ? 0 : performance.now();
  }, undefined, { polling: 20 });
  const seen = await page.evaluate(() => ({ first: performance.getEntriesByName("first-contentful-paint")[0].startTime, ...window.seen }));
  const result = { ...seen, usable: await usable.jsonValue(), bytes };
  await context.close();
  return result;
};

const median = (figures) => figures.sort((a, b) => a - b)[Math.floor(figures.length / 2)];

const browser = await chromium.launch({ executablePath: process.env.HAWSER_TEST_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  for (const path of paths) {
    const visits = [];
    for (let turn = 0; turn < VISITS; turn += 1) visits.push(await visit(browser, path));
    const of = (key) => median(visits.map((one) => one[key]));
    console.log(JSON.stringify({ path, first: of("first"), usable: of("usable"), bytes: of("bytes"), busy: of("busy"), shift: of("shift") }));
  }
} finally {
  await browser.close();
}
