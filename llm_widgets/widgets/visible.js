// Tokens as a reader sees them.

/** White space and control signs as a reader can see them. @param {string} token */
export const visible = (token) =>
  token.replaceAll(" ", "␣").replaceAll("\n", "↵").replaceAll("\t", "⇥").replace(/[\u0000-\u001f]/g, (c) => String.fromCodePoint(0x2400 + c.charCodeAt(0))).replace(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, (c) => `⟨${c.charCodeAt(0).toString(16).toUpperCase()}⟩`);
