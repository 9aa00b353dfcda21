// Files of a record in the groups that people look for them in.

const GROUPS = [
  ["Music", (name) => /^(master\.|mix\.flac|premix\.flac)/.test(name) && !name.endsWith(".json"), true],
  ["Stems", (name) => name.startsWith("stems/"), false],
  ["Stems before the mix", (name) => name.startsWith("dry/"), false],
  [
    "Notes",
    (name) => /\.(mid|musicxml|mxl|ly|pdf)$/.test(name) || /^(score|performance)\.json$/.test(name),
    true,
  ],
  ["Pictures and video", (name) => /\.(png|jpg|mp4|webm)$/.test(name), false],
];

/** Groups that have files: { words, files, isOpen }; the last are all others. */
export function sorted(artefacts) {
  const left = [...artefacts].sort((one, other) => (one.name < other.name ? -1 : 1));
  const groups = GROUPS.map(([words, fits, isOpen]) => {
    const files = left.filter((file) => fits(file.name));
    for (const file of files) left.splice(left.indexOf(file), 1);
    return { words, files, isOpen };
  });
  return [...groups, { words: "Settings and facts", files: left, isOpen: false }].filter(
    (one) => one.files.length,
  );
}

/** "8.8 MB" as stores count them: in thousands. */
export function sizeOf(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
