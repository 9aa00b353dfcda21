// Release: words, the kit for stores with its checks, and every file by itself.

import { filesCard } from "./files.js";
import { kitCard } from "./kit.js";
import { wordsCard } from "./words.js";

export async function tab(root, record) {
  const cards = [await wordsCard(record), kitCard(record)];
  root.append(...cards.map((card) => card.element), filesCard(record));
  return () => cards.forEach((card) => card.leave());
}
