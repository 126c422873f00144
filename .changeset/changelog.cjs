/**
 * Writes CHANGELOG entries as notes to somebody who pins a version: title, consequences, what to do. Needs no network, so that
 * a release can be cut anywhere; names no commits and no people, because a pinner can act on neither.
 */

/** The first line of a changeset is the title of its entry, the rest is its body. */
async function getReleaseLine(changeset) {
  const [title = '', ...body] = changeset.summary.trim().split('\n');
  const text = body.join('\n').trim();
  return text === '' ? `#### ${title}\n` : `#### ${title}\n\n${text}\n`;
}

/** A bump that only follows a dependency says which one, because that is all there is to read. */
async function getDependencyReleaseLine(_changesets, dependencies) {
  if (dependencies.length === 0) return '';
  const named = dependencies.map(({ name, newVersion }) => `\`${name}\` ${newVersion}`);
  return `#### Asks for ${named.join(', ')}\n\nConsumer action: none — installed along.\n`;
}

module.exports = { getReleaseLine, getDependencyReleaseLine };
