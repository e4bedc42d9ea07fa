// Pictures of the main screens, for the documentation: node pictures.mjs ORIGIN FOLDER
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { open } from './browser.mjs';
import { smaller } from './png.mjs';

const [origin, folder] = process.argv.slice(2);
const shots = [
  ['endpoints', 'overview', 'light', 1180, 760],
  ['endpoints-dark', 'overview', 'dark', 1180, 760],
  ['endpoints-phone', 'overview', 'light', 390, 780],
  ['deliveries', 'deliveries', 'light', 1180, 760],
  ['dead-letters', 'dead', 'light', 1180, 760],
  ['dead-letters-phone-dark', 'dead', 'dark', 390, 780],
  ['event', 'events/121', 'light', 1180, 1180],
  ['event-dark', 'events/121', 'dark', 1180, 1180],
  ['rejected', 'rejected', 'light', 1180, 560],
  ['hostile', 'events/134?view=text', 'dark', 1180, 760],
];

mkdirSync(folder, { recursive: true });
const page = await open();
for (const [name, path, scheme, width, height] of shots) {
  await page.scheme(scheme);
  await page.size(width, height, width < 500);
  await page.go(`${origin}/staff/console/${path}`);
  const picture = smaller(await page.picture());
  writeFileSync(join(folder, `${name}.png`), picture);
  console.log(`${name}.png: ${Math.round(picture.length / 1024)} KiB`);
  if (picture.length > 100 * 1024) process.exitCode = 1;
}
await page.close();
