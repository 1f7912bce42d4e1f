// Searching the glossary in both languages at once; `GlossaryView.found` does the same in Python.

/** @typedef {{ english: string, chinese: string, en: string, zh: string, anchor: string, chapters: string[] }} Entry */

const folded = (/** @type {string} */ text) => text.normalize("NFKC").toLowerCase().trim();

/** The entries that match, the nearest first: the term itself, its beginning, a part of it, its definitions. @param {Entry[]} entries @param {string} query @returns {Entry[]} */
export function matching(entries, query) {
  const words = folded(query).split(/\s+/).filter(Boolean), whole = words.join(" ");
  const ranked = entries.flatMap((entry, i) => {
    const names = [folded(entry.english), folded(entry.chinese)], everything = [...names, folded(entry.en), folded(entry.zh)].join(" ");
    if (!words.every((word) => everything.includes(word))) return [];
    const rank = [names.includes(whole), names.some((name) => name.startsWith(whole)), names.some((name) => name.includes(whole))].indexOf(true);
    return [{ entry, i, rank: rank < 0 ? 3 : rank }];
  });
  return ranked.sort((a, b) => a.rank - b.rank || a.i - b.i).map(({ entry }) => entry);
}

/** The address of a chapter beside the notebook that is open, or null where the page's address does not tell. @param {string} path of the page @param {string} chapter */
export const chapterAddress = (path, chapter) => (/\/(?:notebooks|lab\/tree|doc\/tree)\/[^?#]*\.ipynb$/.test(path) ? `${path.slice(0, path.lastIndexOf("/") + 1)}${chapter}.ipynb` : null);
