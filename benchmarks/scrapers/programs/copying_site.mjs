/* website-scraper, which copies a page and what it leads to.

    node copying_site.mjs MODULES ADDRESS AGENT

With what it needs of a browser's headers: the most that it can be set to. */
import { pathToFileURL } from "node:url";

const [modules, address, agent] = process.argv.slice(2);
const { default: scrape } = await import(
  pathToFileURL(`${modules}/website-scraper/index.mjs`).href
);
const { origin } = new URL(address);

await scrape({
  urls: [address],
  directory: "copied",
  recursive: true,
  maxRecursiveDepth: 3,
  requestConcurrency: 8,
  ignoreErrors: true,
  urlFilter: (url) => url.startsWith(origin),
  request: {
    headers: {
      "user-agent": agent,
      "sec-fetch-site": "same-origin",
      "sec-fetch-dest": "image",
      referer: address,
    },
  },
});
