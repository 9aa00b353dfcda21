// Covers that are offered together: the same wishes, and another seed, hour or colours for each.

export const EACH_ANOTHER = "*";
const PACES = [1, 5, 7, 11, 13]; // no divisors of how many choices there are

/**
 * Return `count` variants { seed, fields } from the seed `first` on. A wish of "" is left to the
 * record; of EACH_ANOTHER it goes round its choices, each wish at another pace.
 */
export function variants(wishes, choices, first, count) {
  return Array.from({ length: count }, (_, at) => {
    const seed = first + at;
    const fields = {};
    Object.entries(wishes).forEach(([name, wish], number) => {
      const all = choices[name] ?? [];
      if (wish === EACH_ANOTHER && all.length)
        fields[name] = all[(seed * PACES[number % PACES.length]) % all.length];
      else if (wish && wish !== EACH_ANOTHER) fields[name] = wish;
    });
    return { seed, fields };
  });
}
