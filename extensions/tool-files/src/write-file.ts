import {
  type JsonValue,
  type Tool,
  type ToolContext,
  type ToolResult,
  visibleText,
} from '@dispatch/extension-api';
import { type FilePath, readPath } from './file-path.ts';
import { Folder } from './folder.ts';
import { placeFile } from './place-file.ts';
import { Refusal, reasonOf } from './refusal.ts';

export const WRITE_FILE = 'write-file';

/** Bytes of one file. */
const LARGEST = 1_048_576;
/** A summary longer than this says first how long it is, so that whoever sees a part of it knows. */
const LONG = 400;
/** No path that is written to looks like this, so a grant for it covers nothing. */
const NO_PATH = '/ (no file inside the working directory)';

interface Wanted {
  readonly path: FilePath;
  readonly bytes: Uint8Array;
  readonly createOnly: boolean;
}

/** The tool `write-file`: a text file inside the conversation's working directory. */
export function writeFile(platform: NodeJS.Platform = process.platform): Tool {
  return {
    name: WRITE_FILE,
    description:
      'Writes a text file (UTF-8) inside the working directory and makes the folders on the way. A file that is there is replaced as a whole. ' +
      `At most ${LARGEST} bytes. Symbolic links are not followed.`,
    inputSchema: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Relative to the working directory, such as notes/today.md.' },
        content: { type: 'string', description: 'The whole text of the file.' },
        createOnly: {
          type: 'boolean',
          description: 'True: fail when a file of this name is there. Leave it out to replace it.',
        },
      },
      required: ['path', 'content'],
      additionalProperties: false,
    },
    approval: { summary, pattern },
    execute: (input, context) => write(input, context, platform),
  };
}

function summary(input: JsonValue): string {
  try {
    const { path, bytes, createOnly } = read(input);
    const how = createOnly ? 'Write the new file' : 'Write the file';
    const line = `${how} ${visibleText(path.normal)} (${bytes.byteLength} bytes)`;
    return line.length > LONG ? `(${line.length} characters in all) ${line}` : line;
  } catch (error) {
    return visibleText(`Write a file, which will be refused: ${reasonOf(error) ?? 'it cannot be read.'}`);
  }
}

function pattern(input: JsonValue): string {
  try {
    return read(input).path.normal;
  } catch {
    return NO_PATH;
  }
}

function read(input: JsonValue): Wanted {
  const { path, content, createOnly = false } = Object(input) as Record<string, unknown>;
  if (typeof content !== 'string') throw new Refusal('content must be a text.');
  if (/\p{Surrogate}/u.test(content)) throw new Refusal('content is no valid Unicode.');
  if (typeof createOnly !== 'boolean') throw new Refusal('createOnly must be true or false.');
  const bytes = Buffer.from(content);
  if (bytes.byteLength > LARGEST) {
    throw new Refusal(`content has ${bytes.byteLength} bytes; at most ${LARGEST} are written.`);
  }
  return { path: readPath(path), bytes, createOnly };
}

async function write(
  input: JsonValue,
  { cwd, signal }: ToolContext,
  platform: NodeJS.Platform,
): Promise<ToolResult> {
  const open: Folder[] = [];
  try {
    const { path, ...wanted } = read(input);
    if (cwd === undefined) {
      throw new Refusal(
        'This conversation has no working directory, so there is nowhere to write. Its owner sets one with PUT /conversations/:id/cwd.',
      );
    }
    if (platform !== 'linux') throw new Refusal('Files can be written safely on Linux only.');
    signal.throwIfAborted();
    const root = await Folder.openRoot(cwd);
    open.push(root);
    let folder = root;
    for (const name of path.folders) {
      await folder.mustBeBelow(root);
      signal.throwIfAborted();
      folder = await folder.enter(name);
      open.push(folder);
    }
    const replaced = await placeFile({ root, folder, name: path.name, ...wanted, signal });
    const before = replaced === undefined ? 'The file is new.' : `It replaced ${replaced} bytes.`;
    return { content: `Wrote ${wanted.bytes.byteLength} bytes to ${path.normal}. ${before}`, isError: false };
  } catch (error) {
    const reason = signal.aborted ? undefined : reasonOf(error);
    if (reason === undefined) throw error;
    return { content: `Nothing was written. ${reason}`, isError: true };
  } finally {
    await Promise.all(open.map((folder) => folder.close()));
  }
}
