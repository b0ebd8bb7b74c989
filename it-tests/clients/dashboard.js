// SPDX-License-Identifier: Apache-2.0
// Looks at the dashboard in a browser: SLUICE_URL, SLUICE_BROWSER (a Chromium), SLUICE_PICTURES (a directory),
// SLUICE_EXPECT (words that the page must show, with | between them), SLUICE_NAME (of the pictures).
"use strict";
const assert = require("node:assert");
const path = require("node:path");
const axe = require("axe-core");
const { chromium } = require("playwright-core");

const url = process.env.SLUICE_URL;
const expected = process.env.SLUICE_EXPECT.split("|");
const LIMIT = 30000;

async function open(browser, options) {
  const page = await browser.newPage(options);
  const faults = [];
  page.on("console", message => message.type() === "error" && faults.push(message.text()));
  page.on("pageerror", error => faults.push(String(error)));
  page.on("request", request => request.url().startsWith(url) || request.url().startsWith("data:")
    || faults.push("asks another site: " + request.url()));
  await page.goto(url + "/");
  for (const words of expected) {
    await page.getByText(words).first().waitFor({ state: "attached", timeout: LIMIT });
  }
  return { page, faults };
}

async function checkLook(browser, colorScheme) {
  const { page, faults } = await open(browser, { colorScheme, viewport: { width: 1280, height: 1000 }, reducedMotion: "reduce" });
  await page.locator("#picture svg").waitFor({ timeout: LIMIT });
  await page.locator("#rate path.area-source").waitFor({ state: "attached", timeout: LIMIT });
  await page.screenshot({ path: path.join(process.env.SLUICE_PICTURES, process.env.SLUICE_NAME + "-" + colorScheme + ".png"), fullPage: true });
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepStrictEqual(violations.map(one => one.id + ": " + one.nodes.map(node => node.html + " " + node.failureSummary).join("; ")), [],
    "accessibility, " + colorScheme);
  assert.deepStrictEqual(faults, [], "faults, " + colorScheme);
  await page.close();
}

async function checkKeyboard(browser) {
  const { page } = await open(browser, {});
  await page.keyboard.press("Tab");
  assert.strictEqual(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  assert.strictEqual(await page.locator("#pause").getAttribute("aria-pressed"), "true");
  await page.keyboard.press("Space");
  await page.locator("#digests summary").first().focus();
  await page.keyboard.press("Enter");
  assert.ok(await page.locator("#digests details").first().evaluate(details => details.open), "explained on Enter");
  await page.getByText("destination").first().waitFor();
  const answer = page.waitForResponse("**/dashboard.json");
  await answer;
  await answer.then(response => response.finished());
  assert.ok(await page.locator("#digests details").first().evaluate(details => details.open), "open after the next answer");
  await page.close();
}

async function checkNarrow(browser) {
  const { page } = await open(browser, { viewport: { width: 400, height: 800 } });
  await page.locator("#picture svg").waitFor({ timeout: LIMIT });
  const [inner, scroll] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
  assert.ok(scroll <= inner, "wider than a telephone: " + scroll);
  await page.close();
}

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.SLUICE_BROWSER, args: ["--no-sandbox"] });
  try {
    await checkLook(browser, "light");
    await checkLook(browser, "dark");
    await checkKeyboard(browser);
    await checkNarrow(browser);
  } finally {
    await browser.close();
  }
  console.log("ok");
})().catch(failure => {
  console.error(failure);
  process.exit(1);
});
