/* Chromium driven by Puppeteer: as it comes, or hiding that it is driven.

    node puppeteered.mjs MODULES plain|stealth ADDRESS SECONDS PROGRAM

Scrolls through the page, opens the first photo and presses the arrow key, as `driven.py` does. */
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";

const [modules, how, address, seconds, program] = process.argv.slice(2);
const entry = `${modules}/puppeteer-core/lib/esm/puppeteer/puppeteer-core.js`;
const { default: puppeteer } = await import(pathToFileURL(entry).href);
const until = Date.now() + Number(seconds) * 1000;
const hides = how === "stealth";

const browser = await puppeteer.launch({
  executablePath: program,
  args: ["--no-sandbox", ...(hides ? ["--disable-blink-features=AutomationControlled"] : [])],
  ignoreDefaultArgs: hides ? ["--enable-automation"] : [],
});
try {
  const page = await browser.newPage();
  if (hides) {
    await page.setUserAgent((await browser.userAgent()).replace("Headless", ""));
    await page.evaluateOnNewDocument(() => {
      Object.defineProperty(Navigator.prototype, "webdriver", { get: () => false });
    });
  }
  await page.goto(address);
  await sleep(1500);
  await page.mouse.move(300, 300, { steps: 10 });
  const half = (until + Date.now()) / 2;
  while (Date.now() < half) {
    await page.mouse.wheel({ deltaY: 700 });
    await sleep(250);
  }
  await page.mouse.wheel({ deltaY: -1_000_000 });
  await sleep(500);
  await (await page.$("a.shot"))?.click();
  while (Date.now() < until) {
    await page.keyboard.press("ArrowRight");
    await sleep(200);
  }
} finally {
  await browser.close();
}
