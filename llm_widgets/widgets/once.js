// Presses that mean one thing, however hurried the hand.

/**
 * Listeners for a button that starts, pauses or draws anew: the second click of a double click must not undo the first one, and neither
 * must a key that is held down.
 * @param {() => void} run
 */
export const once = (run) => ({
  click: (/** @type {MouseEvent} */ e) => { if (e.detail < 2) run(); },
  keydown: (/** @type {KeyboardEvent} */ e) => { if (e.repeat && (e.key === "Enter" || e.key === " ")) e.preventDefault(); },
});
